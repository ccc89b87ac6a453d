import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  messageCodes,
  refusalCodes,
  type MessageCode,
  type RefusalCode,
} from '@baari/shared/faults/catalogue'
import { faultCodes, type FaultCode } from '@baari/shared/faults/fault-codes'
import type { Refusal } from '@baari/shared/faults/no'
import type { Problem } from '@baari/shared/contracts/http/problem'
import type { Instant } from '@baari/shared/units/time'

export type ProblemCode = RefusalCode | FaultCode | MessageCode

/** HTTP status of the refusals that are not a plain conflict (409). */
const statusOf: { readonly [C in RefusalCode]?: ContentfulStatusCode } = {
  window_past: 422,
  window_unknown: 422,
  retest_expired: 422,
  retest_missing: 422,
  plate_invalid: 422,
  idempotency_mismatch: 422,
  booking_unknown: 404,
  fill_unknown: 404,
  station_unknown: 404,
  dead_letter_unknown: 404,
  otp_wrong: 401,
  otp_expired: 401,
  enrol_code_wrong: 401,
  not_signed_in: 401,
  not_allowed: 403,
  what_if_impossible: 422,
  what_if_too_long: 422,
  what_if_busy: 429,
  rate_limited: 429,
  pin_locked: 429,
}

export type Extra = {
  readonly alternatives?: readonly Instant[]
  readonly detail?: string
}

/** RFC 9457 problem document of a rule's no. */
export function refused(c: Context, { code, facts }: Refusal, extra: Extra = {}): Response {
  const status = statusOf[code] ?? 409
  const wait = facts['retryAfterS']
  if (wait !== undefined) c.header('retry-after', String(wait))
  const body = problemOf(code, status, { ...extra, facts })
  return problemResponse(c, body)
}

/** RFC 9457 problem document of a request that breaks the contract, or of our own fault. */
export function failed(c: Context, code: ProblemCode, status: ContentfulStatusCode): Response {
  return problemResponse(c, problemOf(code, status, {}))
}

export function problemOf(
  code: ProblemCode,
  status: number,
  { alternatives, detail, facts }: Extra & { readonly facts?: Refusal['facts'] },
): Problem {
  return {
    type: `urn:baari:problem:${code}`,
    title: titleOf(code),
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(facts !== undefined && Object.keys(facts).length > 0 && { facts: { ...facts } }),
    ...(alternatives && { alternatives: alternatives.map((startMs) => ({ startMs })) }),
  }
}

function titleOf(code: ProblemCode): string {
  const texts: Readonly<Record<string, { readonly operator: string }>> = {
    ...faultCodes,
    ...messageCodes,
    ...refusalCodes,
  }
  return texts[code]?.operator ?? code
}

function problemResponse(c: Context, body: Problem): Response {
  return c.body(JSON.stringify(body), body.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
  })
}
