import type { Prng } from '@baari/shared/runtime/chance'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { StationSession } from '../../ports/station-sessions.ts'
import { mustRefetch } from './messages.ts'
import { cacheControl, nextCursor, schemaHeader, type CacheTimes } from './response-headers.ts'
import { serveShape, type ServeDeps, type ShapeAnswer } from './serve-shape.ts'
import { parseShapeRequest, type RequestErrors, type ShapeRequest } from './shape-request.ts'
import { stationGate, type GatedShape } from './station-gate.ts'
import { CaptureBusy, type CapturedTable } from './table-catalog.ts'

type StationEnv = { Variables: { session: StationSession } }

export type ShapeRoutesDeps = ServeDeps & {
  readonly captured: (shape: GatedShape) => Promise<CapturedTable>
  /** Lets only stations with a session in force through. */
  readonly admit: MiddlewareHandler<StationEnv>
  readonly cache: CacheTimes
  readonly prng: Prng
  readonly onFault: (error: unknown) => void
}

const pack = promisify(gzip)
const unpack = promisify(gunzip)
/** Below this, packing costs more than it saves. */
const packFromBytes = 1_400

/** `/v1/shape` for stations: the Electric protocol behind a gatekeeper (sync.md section 6). */
export function shapeRoutes(deps: ShapeRoutesDeps): Hono<StationEnv> {
  const app = new Hono<StationEnv>()
  app.onError((error, c) => {
    deps.onFault(error)
    return failure(
      c,
      { status: 503, message: 'The database does not answer', retryAfterS: 2 },
      deps,
    )
  })
  app.get('/v1/health', (c) => c.json({ status: 'active' }))
  app.use('/v1/shape', deps.admit)
  app.get('/v1/shape', (c) => answerGet(c, deps))
  // A station neither deletes shapes nor asks for parts of them.
  app.on(['POST', 'DELETE'], '/v1/shape', (c) => forbidden(c))
  return app
}

async function answerGet(c: Context<StationEnv>, deps: ShapeRoutesDeps): Promise<Response> {
  const query = new URL(c.req.url).searchParams
  const gated = stationGate(query, c.get('session'))
  if (!gated.ok) {
    return gated.error.kind === 'blank' ? invalid(c, { table: ["can't be blank"] }) : forbidden(c)
  }
  const request = parseShapeRequest(query)
  if (!request.ok) return invalid(c, request.error)
  try {
    const table = await deps.captured(gated.value)
    const serve = { gated: gated.value, table, request: request.value, signal: c.req.raw.signal }
    return await respond(c, deps, { request: request.value, answer: await serveShape(deps, serve) })
  } catch (error) {
    if (!(error instanceof CaptureBusy)) throw error
    return failure(c, { status: 503, message: error.message, retryAfterS: 2 }, deps)
  }
}

type Respond = { readonly request: ShapeRequest; readonly answer: ShapeAnswer }

async function respond(
  c: Context,
  deps: ShapeRoutesDeps,
  { request, answer }: Respond,
): Promise<Response> {
  switch (answer.kind) {
    case 'aborted':
      return new Response(null, { status: 499 })
    case 'refetch':
      return refetch(c, answer.handle)
    case 'chunk':
    case 'log': {
      const headers = commonHeaders(deps, { request, answer })
      if (c.req.header('if-none-match') === headers['etag']) {
        return new Response(null, { status: 304, headers })
      }
      return body(c, headers, answer)
    }
  }
}

type Served = Extract<ShapeAnswer, { kind: 'chunk' | 'log' }>
type Headers = Record<string, string>

function commonHeaders(
  deps: ShapeRoutesDeps,
  { request, answer }: { readonly request: ShapeRequest; readonly answer: Served },
): Headers {
  const { shape, offset } = answer
  const same = answer.kind === 'log' && !answer.hasData
  const cursor = nextCursor(deps.clock.now(), request.cursor, deps.prng.next)
  // Nothing changed must not look unchanged to a cache: the client would ask again at once.
  const suffix = same && request.live ? `:${cursor}` : ''
  return {
    'content-type': 'application/json',
    'electric-handle': shape.handle,
    'electric-offset': offset,
    'electric-has-data': String(answer.kind === 'chunk' || answer.hasData),
    etag: `"${shape.handle}:${request.offsetText}:${offset}${suffix}"`,
    'cache-control': cacheOf(deps, { request, answer }),
    vary: 'authorization, accept-encoding',
    ...(answer.kind === 'log' && answer.upToDate ? { 'electric-up-to-date': '' } : {}),
    ...(request.live
      ? { 'electric-cursor': cursor }
      : { 'electric-schema': schemaHeader(shape.definition, shape.table) }),
  }
}

function cacheOf(
  { cache }: ShapeRoutesDeps,
  { request, answer }: { readonly request: ShapeRequest; readonly answer: Served },
): string {
  if (request.live) return cacheControl.live
  if (answer.kind === 'chunk' && answer.first) return cacheControl.snapshotStart
  return cacheControl.catchUp(cache)
}

async function body(c: Context, headers: Headers, answer: Served): Promise<Response> {
  const packs = (c.req.header('accept-encoding') ?? '').includes('gzip')
  if (answer.kind === 'chunk') {
    const bytes = packs ? answer.packed : await unpack(answer.packed)
    return send(bytes, headers, packs)
  }
  const text = Buffer.from(`[${answer.messages.join(',')}]`, 'utf8')
  const worth = packs && text.length >= packFromBytes
  return send(worth ? await pack(text) : text, headers, worth)
}

function send(bytes: Buffer, headers: Headers, packed: boolean): Response {
  const encoding = packed ? { 'content-encoding': 'gzip' } : {}
  return new Response(new Uint8Array(bytes), { headers: { ...headers, ...encoding } })
}

function refetch(c: Context, handle: string | undefined): Response {
  const cache = handle === undefined ? cacheControl.refetchUnknown : cacheControl.refetch
  return c.body(mustRefetch, 409, {
    'content-type': 'application/json',
    'cache-control': cache,
    ...(handle === undefined ? {} : { 'electric-handle': handle }),
  })
}

function invalid(c: Context, errors: RequestErrors): Response {
  return c.json({ message: 'Invalid request', errors }, 400, noStore)
}

function forbidden(c: Context): Response {
  return c.json({ message: 'A station follows whole shapes of its own tables only' }, 403, noStore)
}

const noStore = { 'cache-control': cacheControl.error, 'surrogate-control': cacheControl.error }

type Failure = { readonly status: 503; readonly message: string; readonly retryAfterS: number }

function failure(
  c: Context,
  { status, message, retryAfterS }: Failure,
  { prng }: ShapeRoutesDeps,
): Response {
  const wait = retryAfterS + Math.floor(prng.next() * 5)
  return c.json({ message }, status, { ...noStore, 'retry-after': String(wait) })
}
