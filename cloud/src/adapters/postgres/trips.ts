import type { Pool } from 'pg'
import type { Trips } from '../../ports/trips.ts'

export function tripsOf(pool: Pool): Trips {
  return {
    async put({ booking, station, cell, at, q50, q90, source }) {
      await pool.query(
        `INSERT INTO trip (booking_id, station_no, cell, left_at_ms, q50_ms, q90_ms, source)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (booking_id) DO UPDATE SET cell = excluded.cell, q50_ms = excluded.q50_ms,
           left_at_ms = excluded.left_at_ms, q90_ms = excluded.q90_ms, source = excluded.source`,
        [booking, station, cell, at, Math.round(q50), Math.round(q90), source],
      )
    },
    async dropBefore(before) {
      await pool.query('DELETE FROM trip WHERE left_at_ms < $1', [before])
    },
  }
}
