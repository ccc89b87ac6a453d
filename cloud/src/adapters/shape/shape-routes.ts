import { Hono, type Context } from 'hono'
import type { Result } from '@baari/shared/faults/result'
import { neverKept } from './response-headers.ts'
import { serveShape } from './serve-shape.ts'
import { invalid, later, respond, type AnswerDeps } from './shape-answer.ts'
import { parseShapeRequest, type RequestErrors, type ShapeRequest } from './shape-request.ts'
import type { AskedShape } from './served-shape.ts'
import { CaptureBusy, isDropped } from './table-catalog.ts'
import { conditionFault } from './where-clause.ts'

export const shapePath = '/v1/shape'

/** What a gatekeeper says no to. */
export type DoorNo =
  { readonly kind: 'invalid'; readonly errors: RequestErrors } | { readonly kind: 'forbidden' }

export type ShapeRoutesDeps<Door extends AskedShape> = AnswerDeps & {
  /** Decides what shape the request may see. */
  readonly gate: (c: Context, query: URLSearchParams) => Promise<Result<Door, DoorNo>>
  /** The database answers. */
  readonly healthy: () => Promise<boolean>
}

/** Any origin may read, and all headers: the protocol lives in them. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
  'access-control-allow-methods': 'GET, POST, HEAD, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, if-none-match',
}

/** What both doors have in common: health, preflight, CORS, and what a fault looks like. */
export function shapeApp({
  onFault,
  ...deps
}: Pick<AnswerDeps, 'onFault' | 'prng'> & Health): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof CaptureBusy || isDropped(error)) {
      return withCors(later(c, error.message, deps))
    }
    // A condition that was well-formed can still fail on a row, such as a cast of a text.
    const wrong = conditionFault(error)
    if (wrong !== undefined) return withCors(invalid(c, { where: [wrong.message] }))
    onFault(error)
    return withCors(later(c, 'The database does not answer', deps))
  })
  app.get('/v1/health', async (c) => {
    const active = await deps.healthy()
    const headers = { 'cache-control': 'no-cache, no-store, must-revalidate' }
    return c.json({ status: active ? 'active' : 'waiting' }, active ? 200 : 202, headers)
  })
  app.options(shapePath, (c) => c.body(null, 204, cors))
  app.use(shapePath, async (c, next) => {
    await next()
    withCors(c.res)
  })
  return app
}

type Health = { readonly healthy: () => Promise<boolean> }

function withCors(response: Response): Response {
  for (const [name, value] of Object.entries(cors)) response.headers.set(name, value)
  return response
}

/** A GET of the protocol: what is asked, whether it may be seen, and the answer. */
export async function answerGet<Door extends AskedShape>(
  c: Context,
  deps: ShapeRoutesDeps<Door>,
  query: URLSearchParams,
): Promise<Response> {
  const admitted = await admit(c, deps, query)
  if (!admitted.ok) return admitted.error
  const { request, asked } = admitted.value
  const signal = c.req.raw.signal
  return respond(c, deps, { request, answer: await serveShape(deps, { asked, request, signal }) })
}

export type Admitted<Door> = { readonly request: ShapeRequest; readonly asked: Door }

/** The request and the shape it may see, or the answer that says no. */
export async function admit<Door extends AskedShape>(
  c: Context,
  deps: Pick<ShapeRoutesDeps<Door>, 'gate'>,
  query: URLSearchParams,
): Promise<Result<Admitted<Door>, Response>> {
  const request = parseShapeRequest(query)
  if (!request.ok) return { ok: false, error: invalid(c, request.error) }
  const asked = await deps.gate(c, query)
  if (!asked.ok) return { ok: false, error: doorClosed(c, asked.error) }
  return { ok: true, value: { request: request.value, asked: asked.value } }
}

export function doorClosed(c: Context, no: DoorNo): Response {
  return no.kind === 'invalid' ? invalid(c, no.errors) : forbidden(c)
}

export function forbidden(c: Context): Response {
  return c.json(
    { message: 'A station follows whole shapes of its own tables only' },
    403,
    neverKept,
  )
}
