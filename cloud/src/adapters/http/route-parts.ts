import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { problem } from '@baari/shared/contracts/http/problem'
import { failed } from './problem.ts'

/** An app whose bad requests are problem documents: a peer broke the contract, 400. */
export function contractApp<E extends Env>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    defaultHook: (result, c) => (result.success ? undefined : failed(c, 'malformed', 400)),
  })
}

export function jsonBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { 'application/json': { schema } } }
}

export function jsonAnswer<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** Problem answers of a route, by status. */
export function problems<S extends number>(...statuses: readonly S[]) {
  const answer = {
    description: 'Problem document (RFC 9457) with a stable code',
    content: { 'application/problem+json': { schema: problem } },
  }
  return Object.fromEntries(statuses.map((status) => [status, answer])) as {
    readonly [K in S]: typeof answer
  }
}

/** Writes of signed-in people: answered alike when repeated with the same key. */
export const writeHeaders = z.object({
  'idempotency-key': z.string().min(1).max(128).optional(),
})

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
})

export const idParam = (name: string) =>
  z.object({
    [name]: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  })
