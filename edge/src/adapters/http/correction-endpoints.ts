import { z } from '@hono/zod-openapi'
import {
  clearMeterRequest,
  correctedVehicle,
  correctVehicleRequest,
  outOfTurnAnswer,
  outOfTurnRequest,
} from '@baari/shared/contracts/http/edge-api'
import { ticketIdField } from '@baari/shared/contracts/scalars'
import { positionNo } from '@baari/shared/units/names'
import type { StationDesk } from '../../ports/station-desk.ts'
import { writeEndpoint, type AnyEndpoint } from './endpoint.ts'

const positionParams = z.object({
  no: z.coerce.number().int().min(1).max(1_000_000).transform(positionNo),
})

/** Acts that take a manager's PIN, whoever is signed in on the screen. */
export function correctionEndpoints({
  entry,
  places,
  vehicles,
}: StationDesk): readonly AnyEndpoint[] {
  return [
    writeEndpoint({
      path: '/v1/tickets/{id}/out-of-turn',
      tag: 'entry',
      summary:
        'A manager sends a waiting vehicle to a position before the others, with the reason.',
      params: z.object({ id: ticketIdField }),
      body: outOfTurnRequest,
      success: 200,
      out: outOfTurnAnswer,
      codes: [
        'ticket_unknown',
        'ticket_not_waiting',
        'position_busy',
        'position_unavailable',
        'note_missing',
        'wrong_pin',
        'pin_locked',
      ],
      answer: ({ params, body }, by) => entry.callOutOfTurn({ ticket: params.id, ...body }, by),
    }),
    writeEndpoint({
      path: '/v1/positions/{no}/clear-meter',
      tag: 'positions',
      summary: 'A manager has looked at the meter that went back: the position may sell again.',
      params: positionParams,
      body: clearMeterRequest,
      success: 204,
      codes: ['meter_not_frozen', 'wrong_pin', 'pin_locked'],
      answer: ({ params, body }, by) => places.clearMeter({ position: params.no, ...body }, by),
    }),
    writeEndpoint({
      path: '/v1/vehicles/correct',
      tag: 'entry',
      summary: 'A manager replaces a mistyped cylinder date, with a photo of its plate.',
      body: correctVehicleRequest,
      success: 200,
      out: correctedVehicle,
      codes: [
        'plate_invalid',
        'retest_missing',
        'photo_invalid',
        'photos_full',
        'disk_reserve',
        'wrong_pin',
        'pin_locked',
      ],
      answer: ({ body }, by) => vehicles.correct(body, by),
    }),
  ]
}
