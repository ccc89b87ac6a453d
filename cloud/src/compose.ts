import { Hono } from 'hono'
import { pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { healthRoutes } from './adapters/http/health.ts'
import { listen } from './adapters/http/serve.ts'
import { migrate } from './adapters/postgres/migrate.ts'
import { migrations } from './adapters/postgres/migrations/all.ts'
import { openPool } from './adapters/postgres/pool.ts'
import type { CloudConfig } from './config.ts'

export type Cloud = {
  readonly url: string
  /** Stops taking requests, finishes the running ones and closes the pool. */
  stop(): Promise<void>
}

const stopGraceMs = 5_000

/** Builds the cloud, starts it in order; `stop` disposes in reverse. */
export async function composeCloud(config: CloudConfig): Promise<Cloud> {
  const log = pino({ name: 'cloud' })
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })

  const pool = openPool({
    url: config.databaseUrl,
    size: config.poolSize,
    onFault: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  })
  await migrate(pool, migrations)

  const app = new Hono()
  app.route(
    '/',
    healthRoutes({
      databaseAnswers: () =>
        pool.query('SELECT 1').then(
          () => true,
          () => false,
        ),
      metrics: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    }),
  )
  const listening = await listen(app.fetch, config)

  return {
    url: listening.url,
    async stop() {
      await listening.stop(stopGraceMs)
      await pool.end()
    },
  }
}
