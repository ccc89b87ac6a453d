import { z } from '@hono/zod-openapi'
import { kioskBooking, kioskSale, kioskWindows } from '@baari/shared/contracts/http/edge-api'
import { vehicleClassField } from '@baari/shared/contracts/scalars'
import type { StationDesk } from '../../ports/station-desk.ts'
import { readEndpoint, writeEndpoint, type AnyEndpoint } from './endpoint.ts'

/** Windows sold at the kiosk from the station's own share. */
export function windowEndpoints({ windows }: StationDesk): readonly AnyEndpoint[] {
  return [
    readEndpoint({
      path: '/v1/windows',
      tag: 'entry',
      summary: 'Windows the kiosk may promise; with the link down from the own share alone.',
      access: 'signed-in',
      query: z.object({ class: vehicleClassField.default('auto') }),
      success: 200,
      out: kioskWindows,
      codes: [],
      answer: ({ query }) => windows.list(query.class),
    }),
    writeEndpoint({
      path: '/v1/bookings',
      tag: 'entry',
      summary: 'Sell a window; when none can be promised a walk-in number is offered instead.',
      body: kioskSale,
      success: 201,
      out: kioskBooking,
      codes: [
        'window_full',
        'no_own_share',
        'supply_cut',
        'vehicle_has_booking',
        'window_past',
        'window_unknown',
        'plate_invalid',
        'retest_missing',
        'retest_expired',
      ],
      answer: ({ body }, by) => windows.sell(body, by),
    }),
  ]
}
