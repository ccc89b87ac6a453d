import { Hono } from 'hono'

export type HealthFacts = {
  /** True when the database answers; bounded by its own deadline. */
  readonly databaseAnswers: () => Promise<boolean>
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
}

/** `/healthz`: the process runs. `/readyz`: it can serve, else 503 and the balancer goes elsewhere. */
export function healthRoutes({ databaseAnswers, metrics }: HealthFacts): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const ready = await databaseAnswers()
    return c.json({ status: ready ? 'ready' : 'waiting', database: ready }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    const { type, text } = await metrics()
    return c.text(text, 200, { 'content-type': type })
  })
  return app
}
