import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Hono } from 'hono'
import { Pool } from 'pg'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { listen } from '../../src/adapters/http/serve.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { migrations } from '../../src/adapters/postgres/migrations/all.ts'
import { nextChain } from '../../src/adapters/postgres/sync/chain-hash.ts'
import { stationSessions } from '../../src/adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../../src/adapters/postgres/sync/stream-store.ts'
import { stationRoutes } from '../../src/adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../../src/adapters/sync-http/station-signature.ts'
import { randomIds } from '../../src/adapters/system/random-ids.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { createTestDatabase } from '../test-database.ts'

export const stationUnderTest = 42
export const stationKid = 142

export type SyncWorld = {
  readonly url: string
  readonly databaseUrl: string
  readonly pool: Pool
  readonly stationKey: KeyObject
  readonly faults: unknown[]
  stop(): Promise<void>
}

/** A migrated database with one station and the station endpoints on a real port. */
export async function startSyncWorld(): Promise<SyncWorld> {
  const database = await createTestDatabase()
  const pool = new Pool({ connectionString: database.url, max: 20 })
  pool.on('error', () => undefined)
  await migrate(pool, migrations)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  await addStation(pool, { no: stationUnderTest, kid: stationKid, publicKey })
  const faults: unknown[] = []
  const app = new Hono().route(
    '/',
    stationRoutes({
      sessions: stationSessions(pool, Date.now),
      streams: stationStreams(pool),
      clock: systemClock,
      ids: randomIds,
      prng: seededPrng(1),
      nextHash: nextChain,
      verify: verifyStationText,
      onFault: (error) => faults.push(error),
      onApplied: () => undefined,
    }),
  )
  const server = await listen(app.fetch, { host: '127.0.0.1', port: 0 })
  return {
    url: server.url,
    databaseUrl: database.url,
    pool,
    stationKey: privateKey,
    faults,
    async stop() {
      await server.stop(1_000)
      await pool.end()
      await database.drop()
    },
  }
}

type NewStation = { readonly no: number; readonly kid: number; readonly publicKey: KeyObject }

export async function addStation(pool: Pool, { no, kid, publicKey }: NewStation): Promise<void> {
  const { x } = publicKey.export({ format: 'jwk' })
  await pool.query(
    `INSERT INTO station (no, id, name, address, compressor_grams_per_hour, kid, public_key)
     VALUES ($1, gen_random_uuid(), 'Test', 'Road 1', 600000, $2, $3)`,
    [no, kid, x],
  )
}

export type NewBooking = {
  readonly id: string
  readonly state?: string
  readonly plate?: string
  readonly grams?: number
  readonly stationNo?: number
}

export async function addBooking(pool: Pool, booking: NewBooking): Promise<void> {
  const { id, state = 'active', plate = id.slice(-8), grams = 8_000, stationNo } = booking
  await pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
       created_at_ms, updated_at_ms)
     VALUES ($1, $2, $3, 1760000100000, 1760001900000, 'auto', 'ngv1', $4, $5, 21000, 'pump', 'app',
       3000, 9000, 0, 0)`,
    [id, stationNo ?? stationUnderTest, state, grams, plate],
  )
}
