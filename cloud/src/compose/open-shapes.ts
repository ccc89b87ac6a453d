import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { listen } from '../adapters/http/serve.ts'
import { migrate } from '../adapters/postgres/migrate.ts'
import { migrations } from '../adapters/postgres/migrations/all.ts'
import { openPool } from '../adapters/postgres/pool.ts'
import { startShapes } from '../adapters/shape/start-shapes.ts'
import { systemClock } from '../adapters/system/system-clock.ts'
import type { CloudConfig } from '../config.ts'
import type { Cloud } from '../compose.ts'

const stopGraceMs = 1_000

/**
 * The cloud's shape server alone, for any table of its database and for whoever is on this machine:
 * development and conformance. There are no stations, drivers or jobs in this process.
 */
export async function composeOpenShapes(config: CloudConfig): Promise<Cloud> {
  const logger = pino({ name: 'shapes' })
  const pool = openPool({
    url: config.databaseUrl,
    size: config.poolSize,
    onFault: (error) => logger.error({ err: error }, 'an idle database connection broke'),
  })
  await migrate(pool, migrations)
  const shapes = await startShapes({
    ...{ pool, databaseUrl: config.databaseUrl, clock: systemClock },
    prng: { next: () => randomBytes(4).readUInt32BE() / 2 ** 32 },
    config: config.shapes,
    door: { kind: 'open', allowDelete: config.shapes.allowDelete },
    onFault: (error) => logger.error({ err: error }, 'shape server'),
  })
  const listening = await listen(shapes.routes.fetch, config)
  logger.warn('unrestricted shapes: whoever is on this machine reads every table')
  return {
    url: listening.url,
    async stop() {
      await shapes.stop()
      await listening.stop(stopGraceMs)
      await pool.end()
    },
  }
}
