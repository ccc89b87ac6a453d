import { serviceView } from '@baari/shared/contracts/http/service-view'
import { ok } from '@baari/shared/faults/result'
import type { StationDesk } from '../../ports/station-desk.ts'
import { readEndpoint, type AnyEndpoint } from './endpoint.ts'

/** What a technician asks at the kiosk. */
export function serviceEndpoints({ service }: StationDesk): readonly AnyEndpoint[] {
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
  ]
}
