import { createMiddleware } from 'hono/factory'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { millis } from '@baari/shared/units/time'
import { Pool } from 'pg'
import { listen } from '../../src/adapters/http/serve.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { migrations } from '../../src/adapters/postgres/migrations/all.ts'
import { openPool } from '../../src/adapters/postgres/pool.ts'
import { startShapes, type ShapesConfig } from '../../src/adapters/shape/start-shapes.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import type { StationSession } from '../../src/ports/station-sessions.ts'
import { createTestDatabase } from '../test-database.ts'

export type ServeShapes = Partial<ShapesConfig> & {
  /** Serves any table to anybody instead of its own rows to each station. */
  readonly open?: { readonly allowDelete: boolean }
}

/** A shape server of its own, as one process of the cloud would run it. */
export async function serveShapes(databaseUrl: string, { open, ...more }: ServeShapes = {}) {
  const pool = openPool({ url: databaseUrl, size: 20, onFault: () => undefined })
  const faults: unknown[] = []
  const shapes = await startShapes({
    pool,
    databaseUrl,
    clock: systemClock,
    prng: seededPrng(3),
    config: {
      chunkBytes: 1_048_576,
      holdFor: millis(20_000),
      streamFor: millis(60_000),
      cache: { maxAgeS: 60, staleS: 300 },
      ...more,
    },
    door: open === undefined ? { kind: 'stations', admit } : { kind: 'open', ...open },
    onFault: (error) => faults.push(error),
  })
  const server = await listen(shapes.routes.fetch, { host: '127.0.0.1', port: 0 })
  return {
    url: server.url,
    pool,
    shapes,
    faults,
    async stop() {
      await shapes.stop()
      await server.stop(500)
      await pool.end()
    },
  }
}

/** The station's number stands for its session: what a session is, is tested elsewhere. */
const admit = createMiddleware<{ Variables: { session: StationSession } }>(async (c, next) => {
  const stationNo = Number(/^Bearer (\d+)$/.exec(c.req.header('authorization') ?? '')?.[1])
  if (!Number.isInteger(stationNo)) return c.json({ message: 'no' }, 401)
  c.set('session', { stationNo, instance: '', generation: 1, epoch: '' })
  return next()
})

export type ShapeServer = Awaited<ReturnType<typeof serveShapes>>

/** A migrated database with stations 42 and 43. */
export async function shapeDatabase() {
  const database = await createTestDatabase()
  const pool = new Pool({ connectionString: database.url, max: 20 })
  pool.on('error', () => undefined)
  await migrate(pool, migrations)
  await pool.query(
    `INSERT INTO station (no, id, name, address, compressor_grams_per_hour)
     SELECT no, gen_random_uuid(), 'S', 'A', 600000 FROM unnest(ARRAY[42, 43]) AS no`,
  )
  return {
    url: database.url,
    pool,
    async drop() {
      await pool.end()
      await database.drop()
    },
  }
}
