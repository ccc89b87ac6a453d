import type { OpenAPIHono } from '@hono/zod-openapi'
import { messageCodes, refusalCodes } from '@baari/shared/faults/catalogue'
import { faultCodes } from '@baari/shared/faults/fault-codes'
import type { Context } from 'hono'
import type { Readiness } from '../../ports/readiness.ts'
import { doorCodes } from './problems.ts'

export type MetricsText = { readonly contentType: string; text(): Promise<string> }

export type ServiceParts = {
  readonly readiness: Readiness
  readonly metricsText: MetricsText
  readonly version: string
}

/** What machines ask: alive, ready, figures. */
export function addServiceRoutes(app: OpenAPIHono, parts: ServiceParts): void {
  const fresh = (c: Context): void => c.header('cache-control', 'no-store')
  app.get('/healthz', (c) => {
    fresh(c)
    return c.json({ status: 'active', version: parts.version })
  })
  app.get('/readyz', async (c) => {
    fresh(c)
    const health = await parts.readiness()
    const ready = health.every(({ ok }) => ok)
    return c.json({ status: ready ? 'ready' : 'not ready', parts: health }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    fresh(c)
    return c.body(await parts.metricsText.text(), 200, {
      'content-type': parts.metricsText.contentType,
    })
  })
  app.get('/docs/problems/:code', (c) => {
    const text = problemText(c.req.param('code'))
    return text === undefined ? c.notFound() : c.text(text)
  })
}

/** Both texts of a code: where the `type` of a problem document leads. */
function problemText(code: string): string | undefined {
  const known = { ...refusalCodes, ...faultCodes, ...messageCodes }
  if (Object.hasOwn(known, code)) {
    const { operator, technician } = known[code as keyof typeof known]
    return `${code}\n\n${operator}\n\nFor the technician: ${technician}\n`
  }
  if (!Object.hasOwn(doorCodes, code)) return undefined
  return `${code}\n\n${doorCodes[code as keyof typeof doorCodes].title}\n`
}
