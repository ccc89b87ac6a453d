import { messageCodes, refusalCodes } from '@baari/shared/faults/catalogue'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

type ProblemCode = keyof typeof messageCodes | keyof typeof refusalCodes

export type ProblemInput = {
  readonly status: ContentfulStatusCode
  readonly code: ProblemCode
  readonly detail?: string
  /** Seconds until another try makes sense. */
  readonly retryAfterS?: number
}

/** RFC 9457 problem document with our stable code. */
export function problem(c: Context, { status, code, detail, retryAfterS }: ProblemInput): Response {
  const texts = { ...messageCodes, ...refusalCodes }[code]
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS)
  return c.body(
    JSON.stringify({ type: 'about:blank', title: texts.operator, status, code, detail }),
    status,
    headers,
  )
}
