import type pg from 'pg'
import { bookingId, type DownlinkCloud } from './downlink-cloud.ts'

export type CommitRate = { readonly perSecond: number; readonly deadlocks: number }

const writers = 16
const stations = { from: 100, count: 32 }
const rowsPerCommit = 4

/**
 * Sixteen writers of rows for several stations, each transaction in an order of its own. A
 * transaction that PostgreSQL ended to break a deadlock is counted.
 */
export async function commitRate(
  { pool }: DownlinkCloud,
  { forMs, seed }: { readonly forMs: number; readonly seed: number },
): Promise<CommitRate> {
  const end = performance.now() + forMs
  let [commits, deadlocks, next] = [0, 0, seed * 10_000_000]

  async function write(writer: number): Promise<void> {
    const client = await pool.connect()
    try {
      for (let round = 0; performance.now() < end; round += 1) {
        const rows = Array.from({ length: rowsPerCommit }, (_, n) => ({
          id: bookingId(next++),
          no: stations.from + ((writer * 7 + round * 11 + n * 13) % stations.count),
        }))
        const state = await commit(client, rows)
        if (state === '40P01') deadlocks += 1
        else commits += 1
      }
    } finally {
      client.release()
    }
  }

  const begun = performance.now()
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  return { perSecond: (commits * 1_000) / (performance.now() - begun), deadlocks }
}

type NewRow = { readonly id: string; readonly no: number }

/** The SQLSTATE of a failure that may simply be repeated; empty when the transaction is in. */
async function commit(client: pg.PoolClient, rows: readonly NewRow[]): Promise<string> {
  try {
    await client.query('BEGIN')
    for (const { id, no } of rows) {
      await client.query(
        `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class,
           nozzle, grams, plate, retest_day, payment_mode, channel, work_milli_minutes,
           price_paise_per_kg, created_at_ms, updated_at_ms)
         VALUES ($1, $2, 'active', 4102444800000, 4102446600000, 'auto', 'ngv1', 8000, $3, 21000,
           'pump', 'app', 3000, 9000, 0, 0)`,
        [id, no, id.slice(-10)],
      )
    }
    await client.query('COMMIT')
    return ''
  } catch (error) {
    await client.query('ROLLBACK')
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code !== '40P01') throw error
    return code
  }
}
