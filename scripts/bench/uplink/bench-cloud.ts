import { generateKeyPairSync } from 'node:crypto'
import type pg from 'pg'
import { startCloudProcess } from '../cloud-process.ts'

export type BenchCloud = {
  readonly url: string
  /** Into the cloud's database, past the cloud. */
  readonly pool: pg.Pool
  readonly station: { readonly no: number; readonly kid: number; readonly keyPem: string }
  /** Puts bookings of the station into the cloud's book, sold and active. */
  addBookings(ids: readonly string[]): Promise<void>
  /** Rows of what the station's ops leave behind, by table. */
  rows(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

const station = { no: 42, kid: 142 }
const counted = ['station_op', 'sale', 'check_in', 'payment_collected', 'walk_in_ticket'] as const

/**
 * The whole cloud process over a PostgreSQL that forces every commit to the disk. The tables a
 * station follows are captured, as they are wherever a station has ever connected.
 */
export async function startBenchCloud(folder: string): Promise<BenchCloud> {
  const { pool, cloud, postgres, url } = await startCloudProcess(folder, {
    connections: 2,
    settings: { wal_level: 'logical' },
  })
  const keyPem = await addStation(pool)
  return {
    url,
    pool,
    station: { ...station, keyPem },
    addBookings: (ids) => addBookings(pool, ids),
    rows: () => countRows(pool),
    async stop() {
      await cloud.stop()
      await pool.end()
      await postgres.stop()
    },
  }
}

async function addStation(pool: pg.Pool): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  await pool.query(
    `INSERT INTO station (no, id, name, address, compressor_grams_per_hour, kid, public_key)
     VALUES ($1, gen_random_uuid(), 'Bench', 'Road 1', 600000, $2, $3)`,
    [station.no, station.kid, x],
  )
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

async function addBookings(pool: pg.Pool, ids: readonly string[]): Promise<void> {
  await pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
       created_at_ms, updated_at_ms)
     SELECT id, $1, 'active', 3999999600000, 4000001400000, 'auto', 'ngv1', 8000,
       'GJ01' || substr(id::text, 25), 21000, 'pump', 'app', 3000, 9137, 0, 0
     FROM unnest($2::uuid[]) AS b (id)`,
    [station.no, ids],
  )
}

async function countRows(pool: pg.Pool): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of counted) {
    const { rows } = await pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)
    counts[table] = Number(rows[0]?.n)
  }
  return counts
}
