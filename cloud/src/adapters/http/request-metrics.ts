import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
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
    const labels = { method: c.req.method, route: routePath(c, -1), status: String(c.res.status) }
    requests.inc(labels)
    seconds.observe(labels, (monoMs() - from) / 1000)
  }
}
