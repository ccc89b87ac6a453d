import { z } from '@hono/zod-openapi'
import { serviceView } from '@baari/shared/contracts/http/service-view'
import { bookingIdField, fillIdField } from '@baari/shared/contracts/scalars'
import { ok } from '@baari/shared/faults/result'
import type { StationDesk } from '../../ports/station-desk.ts'
import { readEndpoint, writeEndpoint, type AnyEndpoint } from './endpoint.ts'

/** What a technician asks at the kiosk, and the papers it prints. */
export function serviceEndpoints({ service, papers }: StationDesk): readonly AnyEndpoint[] {
  return [
    readEndpoint({
      path: '/v1/service',
      tag: 'service',
      summary: 'Lines, devices, sensors and open faults, with their counters.',
      access: 'signed-in',
      success: 200,
      out: serviceView,
      codes: [],
      answer: () => Promise.resolve(ok(service())),
    }),
    writeEndpoint({
      path: '/v1/fills/{id}/receipt',
      tag: 'fills',
      summary: 'Print the receipt of a settled sale; a reprint says that it is a copy.',
      params: z.object({ id: fillIdField }),
      success: 204,
      codes: ['fill_not_settled', 'no_printer'],
      answer: ({ params }, by) => papers.receipt(params.id, by),
    }),
    writeEndpoint({
      path: '/v1/bookings/{id}/paper',
      tag: 'entry',
      summary: 'Print the QR of a booking at this station, with its window and code.',
      params: z.object({ id: bookingIdField }),
      success: 204,
      codes: ['booking_unknown', 'no_own_share', 'no_printer'],
      answer: ({ params }, by) => papers.booking(params.id, by),
    }),
  ]
}
