import type { Prng } from '@baari/shared/runtime/chance'
import type { Context } from 'hono'
import type { z } from 'zod'
import { problem } from './problem.ts'
import { readBody, type BodyFault } from './read-body.ts'

const requestBytes = 16_384

/** Many stations come back at once after an outage: each is given its own moment. */
export function comeBack(c: Context, prng: Prng): Response {
  const retryAfterS = 1 + Math.floor(prng.next() * 5)
  return problem(c, { status: 503, code: 'rate_limited', retryAfterS })
}

export function badBody(c: Context, fault: BodyFault): Response {
  return problem(c, { status: fault === 'too_long' ? 413 : 400, code: fault })
}

/** A JSON body of at most 16 KiB by its contract, or the answer that refuses it. */
export async function readJson<T>(c: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const body = await readBody(c.req.raw, requestBytes)
  if (!body.ok) return badBody(c, body.error)
  const parsed = schema.safeParse(parseJson(body.value.toString('utf8')))
  return parsed.success ? parsed.data : badBody(c, 'malformed')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
