import { Hono } from 'hono'

export type HealthFacts = {
  /** True when the database answers; bounded by its own deadline. */
  readonly databaseAnswers: () => Promise<boolean>
  /** True where somebody carries messages to phones. */
  readonly carrier: boolean
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
}

/** `/healthz`: the process runs. `/readyz`: it can serve, else 503 and the balancer goes elsewhere. */
export function healthRoutes({ databaseAnswers, carrier, metrics }: HealthFacts): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const ready = await databaseAnswers()
    const status = ready ? 'ready' : 'waiting'
    // Without a carrier the cloud sells all the same: messages wait until they expire.
    const messages = carrier ? 'carried' : 'no_carrier'
    return c.json({ status, database: ready, messages }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    const { type, text } = await metrics()
    return c.text(text, 200, { 'content-type': type })
  })
  return app
}
