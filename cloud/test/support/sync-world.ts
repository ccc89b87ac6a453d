import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Hono } from 'hono'
import { Pool } from 'pg'
import type { Clock } from '@baari/shared/runtime/clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { millis } from '@baari/shared/units/time'
import { listen } from '../../src/adapters/http/serve.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { migrations } from '../../src/adapters/postgres/migrations/all.ts'
import { leasesOf } from '../../src/adapters/postgres/leases.ts'
import { saleBookOf } from '../../src/adapters/postgres/sale-book.ts'
import { nextChain } from '../../src/adapters/postgres/sync/chain-hash.ts'
import { stationDigests } from '../../src/adapters/postgres/sync/digest-store.ts'
import { stationSessions } from '../../src/adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../../src/adapters/postgres/sync/stream-store.ts'
import { advanceAtLoss } from '../../src/adapters/shape/db-epoch.ts'
import { startShapes, type Shapes } from '../../src/adapters/shape/start-shapes.ts'
import { digestRoutes } from '../../src/adapters/sync-http/digest-routes.ts'
import { bearer } from '../../src/adapters/sync-http/bearer.ts'
import { leaseRoutes } from '../../src/adapters/sync-http/lease-routes.ts'
import { stationRoutes } from '../../src/adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../../src/adapters/sync-http/station-signature.ts'
import { finishCancels } from '../../src/app/sync/finish-cancels.ts'
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
  readonly shapes: Shapes
  stop(): Promise<void>
}

/** A migrated database with one station and the station endpoints on a real port. */
export async function startSyncWorld(): Promise<SyncWorld> {
  const database = await createTestDatabase()
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const cloud = await serveStations(database.url)
  await addStation(cloud.pool, { no: stationUnderTest, kid: stationKid, publicKey })
  return {
    ...cloud,
    databaseUrl: database.url,
    stationKey: privateKey,
    async stop() {
      await cloud.stop()
      await database.drop()
    },
  }
}

type ServeOptions = {
  readonly port?: number
  readonly onApplied?: () => void
  /** Of sessions and batches; shapes hold their long polls by the real one. */
  readonly clock?: Clock
}

/** One process' worth of the station side over a database: endpoints, shapes, and nothing else. */
export async function serveStations(
  databaseUrl: string,
  { port = 0, onApplied = () => undefined, clock = systemClock }: ServeOptions = {},
) {
  const pool = new Pool({ connectionString: databaseUrl, max: 20, pipeline: true })
  pool.on('error', () => undefined)
  await migrate(pool, migrations)
  const faults: unknown[] = []
  const onFault = (error: unknown): void => void faults.push(error)
  const sessions = stationSessions(pool, () => clock.now())
  const shapes = await startShapes({
    pool,
    databaseUrl,
    clock: systemClock,
    prng: seededPrng(1),
    config: {
      ...{ chunkBytes: 200_000, holdFor: millis(20_000), streamFor: millis(60_000) },
      cache: { maxAgeS: 60, staleS: 300 },
    },
    door: { kind: 'stations', admit: bearer({ sessions, clock }) },
    onFault,
  })
  const stations = stationRoutes({
    sessions,
    streams: stationStreams(pool),
    clock,
    ids: randomIds,
    prng: seededPrng(1),
    batchesAtOnce: 12,
    nextHash: nextChain,
    finishCancels: finishCancels(saleBookOf(pool, systemClock), onFault),
    verify: verifyStationText,
    onPutBack: async (mark) => void (await advanceAtLoss(pool, mark)),
    onFault,
    onApplied: () => {
      onApplied()
      shapes.changed()
    },
  })
  const digests = digestRoutes({
    ...{ sessions, clock: systemClock },
    digests: stationDigests(pool),
    onFault,
  })
  const lease = leaseRoutes({
    sessions,
    clock: systemClock,
    leases: leasesOf(pool),
    onFault,
    onApplied: () => shapes.changed(),
  })
  const app = new Hono()
    .route('/', stations)
    .route('/', lease)
    .route('/', digests)
    .route('/', shapes.routes)
  const server = await listen(app.fetch, { host: '127.0.0.1', port })
  return {
    url: server.url,
    pool,
    faults,
    shapes,
    async stop() {
      await shapes.stop()
      await server.stop(1_000)
      await pool.end()
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
