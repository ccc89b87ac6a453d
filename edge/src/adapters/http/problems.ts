import type { Problem } from '@baari/shared/contracts/http/problem'
import {
  messageCodes,
  refusalCodes,
  type MessageCode,
  type RefusalCode,
} from '@baari/shared/faults/catalogue'
import { faultCodes, type FaultCode } from '@baari/shared/faults/fault-codes'
import type { Refusal } from '@baari/shared/faults/no'
import type { Context } from 'hono'

/** Reasons only a door has: they never come out of a rule. */
export const doorCodes = {
  host_not_listed: { status: 421, title: 'This node is not known by that name.' },
  origin_not_own: { status: 403, title: 'Only the station`s own pages may change something.' },
  not_json: { status: 415, title: 'Send the request as application/json.' },
  body_too_long: { status: 413, title: 'The request is longer than 64 KiB.' },
  key_missing: { status: 400, title: 'A change needs an Idempotency-Key of 8 to 64 characters.' },
  deadline_passed: { status: 503, title: 'The station computer took too long. Try again.' },
  too_many_screens: { status: 503, title: 'Too many screens are connected.' },
  no_such_page: { status: 404, title: 'There is nothing at this address.' },
  node_error: { status: 500, title: 'The station computer made a mistake. Call the technician.' },
} as const

export type DoorCode = keyof typeof doorCodes

const conflict = 409
const refusalStatus: Partial<Record<RefusalCode, number>> = {
  not_signed_in: 401,
  wrong_pin: 401,
  not_allowed: 403,
  pin_locked: 423,
  rate_limited: 429,
  ticket_unknown: 404,
  booking_unknown: 404,
  station_unknown: 404,
  idempotency_mismatch: 422,
  plate_invalid: 422,
  retest_missing: 422,
  note_missing: 422,
  disk_reserve: 507,
}

/** HTTP status of a rule's no: what the caller can do about it decides. */
export function statusOf(code: RefusalCode): number {
  return refusalStatus[code] ?? conflict
}

export type DocumentParts = Omit<Problem, 'type'>

/** RFC 9457 problem document. `type` is relative, so it holds under every name of the node. */
export function document({ code, ...rest }: DocumentParts): Problem {
  return { type: `/docs/problems/${code}`, code, ...rest }
}

export function refusalDocument({ code, facts }: Refusal): Problem {
  const shown = Object.keys(facts).length > 0 ? { facts: { ...facts } } : {}
  return document({ code, title: refusalCodes[code].operator, status: statusOf(code), ...shown })
}

export function doorDocument(code: DoorCode, detail?: string): Problem {
  const more = detail === undefined ? {} : { detail }
  return document({ code, title: doorCodes[code].title, status: doorCodes[code].status, ...more })
}

/** A device, disk or link failed: the same request may succeed later. */
export function faultDocument(code: FaultCode): Problem {
  return document({ code, title: faultCodes[code].operator, status: 503 })
}

export function badMessageDocument(code: MessageCode, detail: string): Problem {
  return document({ code, title: messageCodes[code].operator, status: 400, detail })
}

/** Answers with a problem document; nothing of it may be kept by a cache. */
export function problemAnswer(c: Context, problem: Problem): Response {
  c.header('cache-control', 'no-store')
  return c.body(JSON.stringify(problem), problem.status as 400, {
    'content-type': 'application/problem+json',
  })
}
