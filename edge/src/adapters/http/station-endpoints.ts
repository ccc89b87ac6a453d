import { z } from '@hono/zod-openapi'
import {
  closeRequest,
  closeShiftRequest,
  collectRequest,
  fillPage,
  me,
  openShiftRequest,
  readyRequest,
  scanRequest,
  shiftRecord,
  reopenRequest,
  syncStatus,
  ticketDetails,
  walkInAnswer,
  walkInRequest,
  whyWaiting,
} from '@baari/shared/contracts/http/edge-api'
import { scanView, ticketView } from '@baari/shared/contracts/live/station-view'
import { fillIdField, ticketIdField, uuidText } from '@baari/shared/contracts/scalars'
import { err, ok } from '@baari/shared/faults/result'
import { refusal } from '@baari/shared/faults/no'
import { positionNo } from '@baari/shared/units/names'
import type { StationDesk } from '../../ports/station-desk.ts'
import { readEndpoint, writeEndpoint, type AnyEndpoint } from './endpoint.ts'
import { correctionEndpoints } from './correction-endpoints.ts'
import { serviceEndpoints } from './service-endpoints.ts'
import { windowEndpoints } from './window-endpoints.ts'

const ticketParams = z.object({ id: ticketIdField })
const positionParams = z.object({
  no: z.coerce.number().int().min(1).max(1_000_000).transform(positionNo),
})
const fillParams = z.object({ id: fillIdField })
const undoCodes = ['undo_too_late', 'undo_after_gas'] as const

/** Every signed-in endpoint of the node as data (contracts/http/edge-api). */
export function stationEndpoints(desk: StationDesk): readonly AnyEndpoint[] {
  return [
    ...entryEndpoints(desk),
    ...windowEndpoints(desk),
    ...queueEndpoints(desk),
    ...positionEndpoints(desk),
    ...bookEndpoints(desk),
    ...syncEndpoints(desk),
    ...serviceEndpoints(desk),
    ...correctionEndpoints(desk),
  ]
}

function entryEndpoints({ entry }: StationDesk): readonly AnyEndpoint[] {
  return [
    readEndpoint({
      path: '/v1/me',
      tag: 'people',
      summary: 'Who is signed in on this screen.',
      access: 'signed-in',
      success: 200,
      out: me,
      codes: ['not_signed_in'],
      answer: (_ask, who) => Promise.resolve(who ? ok(who) : err(refusal('not_signed_in'))),
    }),
    writeEndpoint({
      path: '/v1/scans',
      tag: 'entry',
      summary: 'Decide a scanned text or a typed code. Every verdict is a 200.',
      body: scanRequest,
      success: 200,
      out: scanView,
      codes: ['wrong_pin', 'pin_locked'],
      answer: ({ body }, by) => entry.scan(body, by),
    }),
    writeEndpoint({
      path: '/v1/scans/{id}/undo',
      tag: 'entry',
      summary: 'Take a wrong scan back within 60 s, before the first gram.',
      params: z.object({ id: uuidText }),
      success: 204,
      codes: undoCodes,
      answer: ({ params }, by) => entry.undoScan(params.id, by),
    }),
    writeEndpoint({
      path: '/v1/walk-ins',
      tag: 'entry',
      summary: 'Give a vehicle without a booking its number.',
      body: walkInRequest,
      success: 201,
      out: walkInAnswer,
      codes: ['plate_invalid', 'retest_expired'],
      answer: ({ body }, by) => entry.openWalkIn(body, by),
    }),
  ]
}

function queueEndpoints({ entry }: StationDesk): readonly AnyEndpoint[] {
  return [
    writeEndpoint({
      path: '/v1/tickets/{id}/details',
      tag: 'entry',
      summary: 'Plate and cylinder date of a first visit.',
      params: ticketParams,
      body: ticketDetails,
      success: 200,
      out: ticketView,
      codes: ['ticket_unknown', 'plate_invalid', 'retest_expired'],
      answer: ({ params, body }, by) => entry.details({ ticket: params.id, ...body }, by),
    }),
    writeEndpoint({
      path: '/v1/tickets/{id}/skip',
      tag: 'entry',
      summary: 'Not at the position: the next vehicle goes first.',
      params: ticketParams,
      success: 200,
      out: ticketView,
      codes: ['ticket_unknown', 'ticket_not_waiting'],
      answer: ({ params }, by) => entry.skip(params.id, by),
    }),
    writeEndpoint({
      path: '/v1/tickets/{id}/back',
      tag: 'entry',
      summary: 'Missed its call and stands in the lane again: called when its recall is due.',
      params: ticketParams,
      success: 200,
      out: ticketView,
      codes: ['ticket_unknown', 'ticket_not_waiting'],
      answer: ({ params }, by) => entry.back(params.id, by),
    }),
    writeEndpoint({
      path: '/v1/tickets/{id}/leave',
      tag: 'entry',
      summary: 'The vehicle leaves the queue.',
      params: ticketParams,
      success: 200,
      out: ticketView,
      codes: ['ticket_unknown', 'ticket_not_waiting'],
      answer: ({ params }, by) => entry.leave(params.id, by),
    }),
    readEndpoint({
      path: '/v1/tickets/{id}/why',
      tag: 'entry',
      summary: 'Why this vehicle waits: its place, the rule now, who came later and went first.',
      access: 'signed-in',
      params: ticketParams,
      success: 200,
      out: whyWaiting,
      codes: ['ticket_unknown'],
      answer: ({ params }) => entry.why(params.id),
    }),
    writeEndpoint({
      path: '/v1/calls/{id}/undo',
      tag: 'entry',
      summary: 'Take a wrong call back: the vehicle returns to its place.',
      params: ticketParams,
      success: 204,
      codes: undoCodes,
      answer: ({ params }, by) => entry.undoCall(params.id, by),
    }),
  ]
}

function positionEndpoints({ places }: StationDesk): readonly AnyEndpoint[] {
  return [
    writeEndpoint({
      path: '/v1/positions/{no}/ready',
      tag: 'positions',
      summary: 'The vehicle stands at the position and may be filled. Valid for 60 s.',
      params: positionParams,
      body: readyRequest,
      success: 202,
      codes: ['position_busy', 'position_unavailable', 'shift_closed', 'interlock_open'],
      answer: ({ params, body }, by) => places.ready({ position: params.no, ...body }, by),
    }),
    writeEndpoint({
      path: '/v1/positions/{no}/stop',
      tag: 'positions',
      summary: 'End the flow of gas now. Harmless when repeated; needs no Idempotency-Key.',
      params: positionParams,
      keyed: false,
      success: 202,
      codes: ['position_unavailable'],
      answer: ({ params }, by) => places.stop(params.no, by.attendant),
    }),
    writeEndpoint({
      path: '/v1/positions/{no}/close',
      tag: 'positions',
      summary: 'Take the position out of service.',
      params: positionParams,
      body: closeRequest,
      success: 202,
      codes: ['position_unavailable'],
      answer: ({ params, body }, by) => places.close({ position: params.no, ...body }, by),
    }),
    writeEndpoint({
      path: '/v1/positions/{no}/open',
      tag: 'positions',
      summary: 'Put the position back into service.',
      params: positionParams,
      success: 202,
      codes: ['position_unavailable'],
      answer: ({ params }, by) => places.open(params.no, by),
    }),
    writeEndpoint({
      path: '/v1/safety/reset',
      tag: 'positions',
      summary: 'The manual reset after an all-stop. It starts nothing.',
      success: 204,
      codes: ['interlock_open'],
      answer: (_ask, by) => places.resetTrip(by),
    }),
  ]
}

function bookEndpoints({ books }: StationDesk): readonly AnyEndpoint[] {
  return [
    readEndpoint({
      path: '/v1/fills',
      tag: 'fills',
      summary: 'Fills, newest first.',
      access: 'signed-in',
      query: z.object({
        limit: z.coerce.number().int().min(1).max(200).default(50),
        cursor: z.string().max(200).optional(),
      }),
      success: 200,
      out: fillPage,
      codes: [],
      answer: ({ query }) => books.fills({ limit: query.limit, cursor: query.cursor ?? null }),
    }),
    writeEndpoint({
      path: '/v1/fills/{id}/payments',
      tag: 'fills',
      summary: 'What was paid at the pump, and how.',
      params: fillParams,
      body: collectRequest,
      success: 201,
      out: z.object({ collected: z.literal(true) }),
      codes: ['fill_not_settled', 'fill_collected'],
      answer: ({ params, body }, by) => books.collect({ fill: params.id, ...body }, by),
    }),
    readEndpoint({
      path: '/v1/shifts/current',
      tag: 'shifts',
      summary: 'The open shift with its running totals.',
      access: 'signed-in',
      success: 200,
      out: shiftRecord,
      codes: ['shift_closed'],
      answer: () => books.shift(),
    }),
    writeEndpoint({
      path: '/v1/shifts',
      tag: 'shifts',
      summary: 'Open a shift.',
      body: openShiftRequest,
      success: 201,
      out: shiftRecord,
      codes: ['shift_open'],
      answer: ({ body }, by) => books.openShift(body, by),
    }),
    writeEndpoint({
      path: '/v1/shifts/current/close',
      tag: 'shifts',
      summary: 'Close the shift with the counted cash.',
      body: closeShiftRequest,
      success: 200,
      out: shiftRecord,
      codes: ['shift_closed'],
      answer: ({ body }, by) => books.closeShift(body, by),
    }),
  ]
}

function syncEndpoints({ books }: StationDesk): readonly AnyEndpoint[] {
  return [
    readEndpoint({
      path: '/v1/sync-status',
      tag: 'sync',
      summary: 'What head office has of this station`s ledger.',
      access: 'signed-in',
      success: 200,
      out: syncStatus,
      codes: [],
      answer: async () => ok(await books.syncStatus()),
    }),
    writeEndpoint({
      path: '/v1/sync/reopen',
      tag: 'sync',
      summary: 'A manager opens a link that is fenced or forked.',
      body: reopenRequest,
      success: 204,
      codes: ['link_open', 'wrong_pin', 'pin_locked'],
      answer: ({ body }, by) => books.reopenLink(body, by),
    }),
  ]
}
