import type { createRoute, z } from '@hono/zod-openapi'
import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Me } from '@baari/shared/contracts/http/edge-api'
import type { By } from '../../ports/station-desk.ts'

/** Who may come through: anybody on the LAN, whoever is signed in, or a manager. */
export type Access = 'open' | 'signed-in'

/** What an endpoint's answer is made of, everything parsed. */
export type Ask<Params, Query, Body> = {
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

type Common<Out> = {
  readonly method: 'get' | 'post'
  /** In OpenAPI form: `/v1/tickets/{id}/skip`. */
  readonly path: string
  readonly summary: string
  readonly tag: 'people' | 'entry' | 'positions' | 'fills' | 'shifts' | 'sync' | 'service'
  readonly success: 200 | 201 | 202 | 204
  /** Schema of the answer; absent when there is nothing to tell. */
  readonly out?: z.ZodType<Out>
  /** Codes a caller should expect, for the documentation. */
  readonly codes: readonly string[]
}

export type ReadEndpoint<Params, Query, Out> = Common<Out> & {
  readonly kind: 'read'
  readonly access: Access
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly answer: (
    ask: Ask<Params, Query, undefined>,
    me: Me | undefined,
  ) => Promise<Result<Out, Refusal>>
}

/** A change by a signed-in person; its answer is kept under its Idempotency-Key. */
export type WriteEndpoint<Params, Body, Out> = Common<Out> & {
  readonly kind: 'write'
  readonly params?: z.ZodType<Params>
  readonly body?: z.ZodType<Body>
  /** False for an act that must never wait for a key: a stop. */
  readonly keyed: boolean
  readonly answer: (ask: Ask<Params, undefined, Body>, by: By) => Promise<Result<Out, Refusal>>
}

/** An endpoint whose types were checked where it was written; only parsed values reach `answer`. */
export type AnyEndpoint =
  Loose<ReadEndpoint<never, never, unknown>> | Loose<WriteEndpoint<never, never, unknown>>

type Loose<E> = Omit<E, 'params' | 'query' | 'body' | 'out'> & {
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly out?: z.ZodType
}

export function readEndpoint<Params = undefined, Query = undefined, Out = unknown>(
  endpoint: Omit<ReadEndpoint<Params, Query, Out>, 'kind' | 'method'>,
): ReadEndpoint<Params, Query, Out> {
  return { kind: 'read', method: 'get', ...endpoint }
}

export function writeEndpoint<Params = undefined, Body = undefined, Out = unknown>(
  endpoint: Omit<WriteEndpoint<Params, Body, Out>, 'kind' | 'method' | 'keyed'> & {
    readonly keyed?: false
  },
): WriteEndpoint<Params, Body, Out> {
  return { kind: 'write', method: 'post', keyed: true, ...endpoint }
}

export type RouteConfig = Parameters<typeof createRoute>[0]
