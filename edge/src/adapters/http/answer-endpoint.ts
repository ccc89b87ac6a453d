import { hash } from 'node:crypto'
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { problem } from '@baari/shared/contracts/http/problem'
import type { Me } from '@baari/shared/contracts/http/edge-api'
import { present } from '@baari/shared/faults/assert'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Context } from 'hono'
import type { By, RequestKey } from '../../ports/station-desk.ts'
import type { DoorCode } from './problems.ts'
import type { AnyEndpoint, Ask, RouteConfig } from './endpoint.ts'
import { requestHeader } from './request-header.ts'

export type AnswerParts = {
  readonly whoIs: (c: Context) => Promise<Me | undefined>
  readonly refuse: (c: Context, no: Refusal) => Response
  readonly turnAway: (c: Context, code: DoorCode, detail?: string) => Response
  /** What was asked is not written as the endpoint's schemas say. */
  readonly malformed: (c: Context, detail: string) => Response
}

/** Keys that are being answered now; the same key meanwhile is told to wait. */
export type KeysInUse = Set<string>

const keyForm = /^[\x21-\x7e]{8,64}$/
const problemContent = { 'application/problem+json': { schema: problem } }

type AllParts = AnswerParts & { readonly inUse: KeysInUse }

/** Adds one endpoint of the table: parsed on the way in, a problem document on the way out. */
export function addEndpoint(app: OpenAPIHono, endpoint: AnyEndpoint, parts: AllParts): void {
  app.openAPIRegistry.registerPath(createRoute(routeOf(endpoint)))
  const path = endpoint.path.replaceAll(/\{(.+?)\}/g, ':$1')
  app.on(endpoint.method, path, async (c) => {
    const who = await parts.whoIs(c)
    if (!who && (endpoint.kind === 'write' || endpoint.access === 'signed-in')) {
      return parts.refuse(c, refusal('not_signed_in'))
    }
    const asked = await askOf(c, endpoint)
    if (!asked.ok) return parts.malformed(c, asked.error)
    if (endpoint.kind === 'read') {
      return send(c, { endpoint, result: await endpoint.answer(asked.value, who), parts })
    }
    // Nobody gets here without a session.
    return answerWrite(c, { endpoint, who: present(who, 'session'), parts, ask: asked.value })
  })
}

type Asked = Ask<never, never, never>

type WriteParts = {
  readonly endpoint: Extract<AnyEndpoint, { kind: 'write' }>
  readonly who: Me
  readonly parts: AllParts
  readonly ask: Asked
}

async function answerWrite(
  c: Context,
  { endpoint, who, parts, ask }: WriteParts,
): Promise<Response> {
  const request = await keyOf(c, endpoint, who)
  if (!request) return parts.turnAway(c, 'key_missing')
  const busy = `${request.scope} ${request.key}`
  if (endpoint.keyed && parts.inUse.has(busy)) return parts.refuse(c, refusal('idempotency_busy'))
  parts.inUse.add(busy)
  try {
    const by: By = { attendant: who.attendant.id, role: who.attendant.role, request }
    return send(c, { endpoint, result: await endpoint.answer(ask, by), parts })
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
  const key = requestHeader(c, 'idempotency-key') ?? (keyed ? '' : 'unkeyed-stop')
  if (!keyForm.test(key)) return undefined
  return {
    scope: `${who.attendant.id} ${method} ${path}`,
    key,
    requestSha256: hash('sha256', `${method} ${c.req.path}\n${await c.req.text()}`),
  }
}

/** What the endpoint's schemas make of the request, or the first thing that is wrong with it. */
async function askOf(c: Context, endpoint: AnyEndpoint): Promise<Result<Asked, string>> {
  const { params, query, body } = endpoint
  const named = parsed(params, () => c.req.param())
  if (!named.ok) return named
  const wanted = parsed(query, () => queryOf(c))
  if (!wanted.ok) return wanted
  const text = body === undefined ? '' : await c.req.text()
  const given = parsed(body, () => jsonOf(text))
  if (!given.ok) return given
  // Each part exists exactly when the endpoint has its schema, and has that schema's type.
  return ok({ params: named.value, query: wanted.value, body: given.value } as Asked)
}

function parsed(schema: z.ZodType | undefined, read: () => unknown): Result<unknown, string> {
  if (schema === undefined) return ok(undefined)
  const raw = read()
  if (raw === notJson) return err('not JSON')
  const result = schema.safeParse(raw)
  if (result.success) return ok(result.data)
  const first = result.error.issues[0]
  return err(first ? `${first.path.join('.')}: ${first.message}` : 'unreadable')
}

const notJson = Symbol('not JSON')

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return notJson
  }
}

/** A name given once is a text, one given several times a list. */
function queryOf(c: Context): Readonly<Record<string, unknown>> {
  const all = Object.entries(c.req.queries())
  return Object.fromEntries(all.map(([name, list]) => [name, list.length === 1 ? list[0] : list]))
}

/**
 * The answer's headers are given as they are: a context that was told a header, and two of them in
 * its own call, makes the standard's header object of them, which Node's server then takes apart.
 */
function send(
  c: Context,
  {
    endpoint,
    result,
    parts,
  }: { endpoint: AnyEndpoint; result: Result<unknown, Refusal>; parts: AnswerParts },
): Response {
  if (!result.ok) return parts.refuse(c, result.error)
  const status = endpoint.success
  if (!endpoint.out) return new Response(null, { status, headers: { ...uncached } })
  const headers = { 'content-type': 'application/json', ...uncached }
  return new Response(JSON.stringify(result.value), { status, headers })
}

const uncached = { 'cache-control': 'no-store' } as const

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
