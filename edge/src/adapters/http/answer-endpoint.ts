import { createHash } from 'node:crypto'
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { problem } from '@baari/shared/contracts/http/problem'
import type { Me } from '@baari/shared/contracts/http/edge-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Context } from 'hono'
import type { By, RequestKey } from '../../ports/station-desk.ts'
import type { DoorCode } from './problems.ts'
import type { AnyEndpoint, Ask, RouteConfig } from './endpoint.ts'

export type AnswerParts = {
  readonly whoIs: (c: Context) => Promise<Me | undefined>
  readonly refuse: (c: Context, no: Refusal) => Response
  readonly turnAway: (c: Context, code: DoorCode, detail?: string) => Response
}

/** Keys that are being answered now; the same key meanwhile is told to wait. */
export type KeysInUse = Set<string>

const keyForm = /^[\x21-\x7e]{8,64}$/
const problemContent = { 'application/problem+json': { schema: problem } }

/** Adds one endpoint of the table: parsed on the way in, a problem document on the way out. */
export function addEndpoint(
  app: OpenAPIHono,
  endpoint: AnyEndpoint,
  parts: AnswerParts & { readonly inUse: KeysInUse },
): void {
  const handler = async (c: Context): Promise<Response> => {
    const who = await parts.whoIs(c)
    if (endpoint.kind === 'read' && endpoint.access === 'signed-in' && !who)
      return parts.refuse(c, refusal('not_signed_in'))
    if (endpoint.kind === 'read')
      return send(c, { endpoint, result: await endpoint.answer(askOf(c, endpoint), who), parts })
    return who
      ? answerWrite(c, { endpoint, who, parts })
      : parts.refuse(c, refusal('not_signed_in'))
  }
  // The route's types depend on the endpoint's schemas, which this loop no longer knows.
  app.openapi(createRoute(routeOf(endpoint)), handler as never)
}

type WriteParts = {
  readonly endpoint: Extract<AnyEndpoint, { kind: 'write' }>
  readonly who: Me
  readonly parts: AnswerParts & { readonly inUse: KeysInUse }
}

async function answerWrite(c: Context, { endpoint, who, parts }: WriteParts): Promise<Response> {
  const request = await keyOf(c, endpoint, who)
  if (!request) return parts.turnAway(c, 'key_missing')
  const busy = `${request.scope} ${request.key}`
  if (endpoint.keyed && parts.inUse.has(busy)) return parts.refuse(c, refusal('idempotency_busy'))
  parts.inUse.add(busy)
  try {
    const by: By = { attendant: who.attendant.id, role: who.attendant.role, request }
    return send(c, { endpoint, result: await endpoint.answer(askOf(c, endpoint), by), parts })
  } finally {
    parts.inUse.delete(busy)
  }
}

/** The key with the attendant and route it belongs to, and a digest of what was asked. */
async function keyOf(
  c: Context,
  { keyed, method, path }: WriteParts['endpoint'],
  who: Me,
): Promise<RequestKey | undefined> {
  const key = c.req.header('idempotency-key') ?? (keyed ? '' : 'unkeyed-stop')
  if (!keyForm.test(key)) return undefined
  const digest = createHash('sha256').update(`${method} ${c.req.path}\n`)
  return {
    scope: `${who.attendant.id} ${method} ${path}`,
    key,
    requestSha256: digest.update(await c.req.text()).digest('hex'),
  }
}

/** What the validators parsed; each part exists exactly when the endpoint has its schema. */
function askOf(c: Context, { params, query, body }: AnyEndpoint): Ask<never, never, never> {
  const valid = c.req.valid as (this: unknown, part: 'param' | 'query' | 'json') => unknown
  return {
    params: params ? valid.call(c.req, 'param') : undefined,
    query: query ? valid.call(c.req, 'query') : undefined,
    body: body ? valid.call(c.req, 'json') : undefined,
  } as Ask<never, never, never>
}

function send(
  c: Context,
  {
    endpoint,
    result,
    parts,
  }: { endpoint: AnyEndpoint; result: Result<unknown, Refusal>; parts: AnswerParts },
): Response {
  if (!result.ok) return parts.refuse(c, result.error)
  c.header('cache-control', 'no-store')
  if (!endpoint.out) return c.body(null, endpoint.success as 204)
  return c.json(result.value as object, endpoint.success as 200)
}

function routeOf(endpoint: AnyEndpoint): RouteConfig {
  const { method, path, summary, tag, success, out, codes } = endpoint
  const guarded = endpoint.kind === 'write' || endpoint.access === 'signed-in'
  const more = codes.length > 0 ? ` Codes: ${codes.join(', ')}.` : ''
  return {
    method,
    path,
    summary,
    tags: [tag],
    request: requestOf(endpoint),
    ...(guarded ? { security: [{ attendant: [] }] } : {}),
    responses: {
      [success]: {
        description: 'Done.',
        ...(out ? { content: { 'application/json': { schema: out } } } : {}),
      },
      default: { description: `A problem document.${more}`, content: problemContent },
    },
  }
}

function requestOf(endpoint: AnyEndpoint): NonNullable<RouteConfig['request']> {
  const params = endpoint.params ? { params: endpoint.params as z.ZodObject } : {}
  if (endpoint.kind === 'read')
    return { ...params, ...(endpoint.query ? { query: endpoint.query as z.ZodObject } : {}) }
  const body = endpoint.body
    ? {
        body: {
          required: true,
          content: { 'application/json': { schema: endpoint.body } },
        },
      }
    : {}
  const headers = endpoint.keyed ? { headers: keyHeader } : {}
  return { ...params, ...headers, ...body }
}

const keyHeader = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({ description: '8 to 64 printable characters; required.', example: '01J…' }),
})
