import type pg from 'pg'
import { startCloudProcess } from '../cloud-process.ts'
import { vehicleBooking } from './fleet-messages.ts'
import { stationKid } from './simulated-station.ts'

export type FleetCloud = {
  readonly url: string
  /** Enrols stations 1 to n, each with bookings for its vehicles. */
  addStations(publicKeys: readonly string[], bookingsEach: number): Promise<void>
  /** Gives the change log a past, and the database's planner what it knows of a cloud in use. */
  addHistory(): Promise<void>
  /** Sells one more booking past the cloud. Resolves when it is committed. */
  sell(booking: string, station: number): Promise<void>
  /** Resident memory of the cloud's process in bytes. */
  memory(): Promise<number>
  stop(): Promise<void>
}

/** The whole cloud process over a PostgreSQL that forces every commit to the disk. */
export async function startFleetCloud(folder: string): Promise<FleetCloud> {
  const { pool, cloud, postgres, url } = await startCloudProcess(folder, {
    connections: 4,
    settings: { max_connections: '100' },
  })
  return {
    url,
    addStations: (publicKeys, bookingsEach) => addStations(pool, { publicKeys, bookingsEach }),
    async addHistory() {
      await pool.query('UPDATE booking SET updated_at_ms = updated_at_ms + 1')
      await pool.query('VACUUM ANALYZE')
    },
    async sell(booking, station) {
      const plate = `MH12${booking.slice(-6)}`
      await pool.query(`${bookingSql} VALUES ($1, $2, $3, ${bookingRest})`, [
        ...[booking, station, plate],
      ])
    },
    memory: () => residentBytes(url),
    async stop() {
      await cloud.stop()
      await pool.end()
      await postgres.stop()
    },
  }
}

const bookingSql = `INSERT INTO booking (id, station_no, plate, state, window_start_ms, expires_ms,
  vehicle_class, nozzle, grams, retest_day, payment_mode, channel, work_milli_minutes,
  price_paise_per_kg, created_at_ms, updated_at_ms)`
/** Of another century, which no job touches. */
const bookingRest = `'active', 4102444800000, 4102446600000, 'auto', 'ngv1', 8000, 21000, 'pump',
  'app', 3000, 9137, 0, 0`

type Seeds = { readonly publicKeys: readonly string[]; readonly bookingsEach: number }

async function addStations(pool: pg.Pool, { publicKeys, bookingsEach }: Seeds): Promise<void> {
  await pool.query(
    `INSERT INTO station (no, id, name, address, compressor_grams_per_hour, kid, public_key)
     SELECT no, gen_random_uuid(), 'Bench ' || no, 'Road 1', 600000, $1, key
     FROM unnest($2::text[]) WITH ORDINALITY AS k (key, no)`,
    [stationKid, publicKeys],
  )
  for (let n = 0; n < bookingsEach; n += 1) {
    const ids = publicKeys.map((_key, index) => vehicleBooking(index + 1, n))
    await pool.query(
      `${bookingSql} SELECT id, no, 'GJ01' || right(id::text, 8), ${bookingRest}
       FROM unnest($1::uuid[]) WITH ORDINALITY AS b (id, no)`,
      [ids],
    )
  }
}

async function residentBytes(url: string): Promise<number> {
  const answer = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(10_000) })
  const found = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())
  if (found === null) throw new Error('the cloud tells no memory')
  return Number(found[1])
}
