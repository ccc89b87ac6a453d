import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { Context, Hono } from 'hono'
import { quoteName } from './identifiers.ts'
import { invalid, later } from './shape-answer.ts'
import { tableName, type GatedShape } from './shape-definition.ts'
import { forbidden, shapeApp, shapePath } from './shape-routes.ts'
import { stationGate } from './station-gate.ts'
import type { AdmitStation, StationEnv } from './station-routes.ts'

export type ElectricProxyDeps = {
  /** A real Electric service over the same database. */
  readonly service: { readonly url: string; readonly secret: string | undefined }
  readonly admit: AdmitStation
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly prng: Prng
  readonly onFault: (error: unknown) => void
}

/** All that a station may say of its own; what it sees is pinned by its session (sync.md 6.1). */
const passedThrough = [
  ...['live', 'live_sse', 'experimental_live_sse', 'handle', 'offset', 'cursor'],
  ...['expired_handle', 'log', 'cache-buster'],
]
const passedHeaders = ['if-none-match', 'accept']
/** What belongs to one connection, or to a body that was packed for the way to us. */
const dropped = new Set([
  ...['connection', 'keep-alive', 'transfer-encoding', 'content-encoding', 'content-length'],
  ...['date', 'server', 'electric-server'],
])
/** The service holds a live request for 20 s; a stream's headers come at once. */
const headersWithin = seconds(40)
const healthWithinMs = 2_000

/**
 * `/v1/shape` for stations, answered by an Electric service behind the same gatekeeper: it scales
 * out where one process of ours does not. The secret never leaves this side.
 */
export function electricProxyRoutes(deps: ElectricProxyDeps): Hono<StationEnv> {
  const healthy = (): Promise<boolean> => serviceIsActive(deps)
  const app = shapeApp({ ...deps, healthy }) as unknown as Hono<StationEnv>
  app.use(shapePath, deps.admit)
  app.get(shapePath, async (c) => {
    const query = new URL(c.req.url).searchParams
    const gated = stationGate(query, c.get('session'))
    if (gated.ok) return passOn(c, deps, upstreamUrl(deps, gated.value, query))
    return gated.error.kind === 'blank' ? invalid(c, { table: ["can't be blank"] }) : forbidden(c)
  })
  app.on(['POST', 'DELETE'], shapePath, (c) => forbidden(c))
  return app
}

function below(base: string, path: string): URL {
  return new URL(path, base.endsWith('/') ? base : `${base}/`)
}

function upstreamUrl(
  { service }: ElectricProxyDeps,
  { definition }: GatedShape,
  asked: URLSearchParams,
): URL {
  const url = below(service.url, 'v1/shape')
  const { searchParams } = url
  for (const name of passedThrough) {
    const value = asked.get(name)
    if (value !== null) searchParams.set(name, value)
  }
  searchParams.set('table', tableName(definition))
  searchParams.set('columns', definition.columns.map(quoteName).join(','))
  searchParams.set('replica', definition.replica)
  if (definition.where !== null) searchParams.set('where', definition.where)
  for (const [index, param] of definition.params.entries()) {
    searchParams.set(`params[${index + 1}]`, param)
  }
  if (service.secret !== undefined) searchParams.set('secret', service.secret)
  return url
}

/**
 * Streams the service's answer. The caller's leaving ends the request upstream, too: held requests
 * that nobody waits for would pile up there.
 */
async function passOn(c: Context, deps: ElectricProxyDeps, url: URL): Promise<Response> {
  const { signal } = c.req.raw
  const late = new AbortController()
  const cancel = deps.clock.after('electric answers', headersWithin, () => late.abort())
  const headers = passedHeaders.flatMap((name) => {
    const value = c.req.header(name)
    return value === undefined ? [] : [[name, value] as [string, string]]
  })
  try {
    const answer = await deps.fetch(url, {
      headers,
      signal: AbortSignal.any([signal, late.signal]),
      redirect: 'error',
    })
    const { status, body } = answer
    return new Response(body && relay(body, signal), {
      status,
      headers: headersFrom(answer.headers),
    })
  } catch (error) {
    if (signal.aborted) return new Response(null, { status: 499 })
    deps.onFault(error)
    return later(c, 'The shape service does not answer', deps)
  } finally {
    cancel()
  }
}

/** The body as it comes; one that ends because the caller left is no fault of anybody. */
function relay(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        if (signal.aborted) controller.close()
        else controller.error(error)
      }
    },
    cancel: (reason) => reader.cancel(reason).catch(() => undefined),
  })
}

function headersFrom(given: Headers): Headers {
  const headers = new Headers()
  for (const [name, value] of given) {
    if (dropped.has(name) || name.startsWith('access-control-')) continue
    headers.set(name, value)
  }
  const kept = given.get('cache-control')
  // A station's rows are its own: no shared cache in front of us may keep them.
  if (kept !== null) headers.set('cache-control', kept.replace(/\bpublic\b/, 'private'))
  headers.set('vary', 'authorization')
  return headers
}

async function serviceIsActive({ service, fetch }: ElectricProxyDeps): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(healthWithinMs)
    return (await fetch(below(service.url, 'v1/health'), { signal })).status === 200
  } catch {
    return false
  }
}
