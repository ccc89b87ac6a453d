import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { Counter, Histogram, type Registry } from 'prom-client'

/** Counts and times requests by method, route pattern and status: never by path, which has ids. */
export function requestMetrics(registry: Registry, monoMs: () => number): MiddlewareHandler {
  const labelNames = ['method', 'route', 'status']
  const requests = new Counter({
    name: 'baari_http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'baari_http_request_seconds',
    help: 'Time to answer',
    labelNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return async (c, next) => {
    const from = monoMs()
    await next()
    const labels = { method: c.req.method, route: routeOf(c), status: String(c.res.status) }
    requests.inc(labels)
    seconds.observe(labels, (monoMs() - from) / 1000)
  }
}

/** The pattern of the handler that matched; pages and unknown addresses share one label. */
function routeOf(c: Context): string {
  const own = matchedRoutes(c).filter(({ path }) => !path.endsWith('*'))
  return own.at(-1)?.path ?? 'other'
}
