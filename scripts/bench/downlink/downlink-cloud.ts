import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type pg from 'pg'
import { startCloudProcess } from '../cloud-process.ts'

export type DownlinkCloud = {
  readonly url: string
  readonly pool: pg.Pool
  readonly station: { readonly no: number; readonly kid: number; readonly key: KeyObject }
  /** Sells bookings of another century, which no job touches; the last of them has the highest id. */
  addBookings(from: number, count: number): Promise<void>
  /** The next request for the first chunk takes a new snapshot. */
  forgetSnapshots(): Promise<void>
  stop(): Promise<void>
}

const station = { no: 42, kid: 142 }

/** The whole cloud process over a PostgreSQL that forces every commit to the disk. */
export async function startDownlinkCloud(folder: string): Promise<DownlinkCloud> {
  const { pool, cloud, postgres, url } = await startCloudProcess(folder, {
    connections: 40,
    settings: { max_connections: '200' },
  })
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  await addStations(pool, publicKey)
  return {
    url,
    pool,
    station: { ...station, key: privateKey },
    addBookings: (from, count) => addBookings(pool, from, count),
    async forgetSnapshots() {
      await pool.query('UPDATE shape SET current = false')
    },
    async stop() {
      await cloud.stop()
      await pool.end()
      await postgres.stop()
    },
  }
}

/** Station 42 and, for writers of several stations, 100 to 131. */
async function addStations(pool: pg.Pool, key: KeyObject): Promise<void> {
  const { x } = key.export({ format: 'jwk' })
  await pool.query(
    `INSERT INTO station (no, id, name, address, compressor_grams_per_hour, kid, public_key)
     SELECT no, gen_random_uuid(), 'Bench', 'Road 1', 600000, CASE no WHEN $1 THEN $2::int END,
       CASE no WHEN $1 THEN $3::text END
     FROM (SELECT $1::int AS no UNION ALL SELECT generate_series(100, 131)) AS numbers`,
    [station.no, station.kid, x],
  )
}

export function bookingId(n: number): string {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

async function addBookings(pool: pg.Pool, from: number, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
       created_at_ms, updated_at_ms)
     SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, 'active',
       4102444800000, 4102446600000, 'auto', 'ngv1', 8000, 'MH12AB' || n, 21000, 'pump', 'app',
       3000, 9000, 0, 0
     FROM generate_series($2::int, $3::int) AS n ORDER BY n`,
    [station.no, from, from + count - 1],
  )
}
