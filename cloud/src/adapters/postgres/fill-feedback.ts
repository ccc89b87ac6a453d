import type { Pool } from 'pg'
import type { Feedbacks } from '../../ports/fill-feedback.ts'

type CountRow = { readonly stars: number | null; readonly count: string }

export function feedbacksOf(pool: Pool): Feedbacks {
  return {
    async give({ fill, booking, station, driver, stars, at }) {
      const done = await pool.query(
        `INSERT INTO fill_feedback (fill_id, booking_id, station_no, driver_id, stars, given_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (fill_id) DO NOTHING`,
        [fill, booking, station, driver, stars, at],
      )
      return done.rowCount === 1
    },
    async counts(station, since) {
      const { rows } = await pool.query<CountRow>(
        `SELECT f.stars, count(*) AS count FROM sale AS s
         LEFT JOIN fill_feedback AS f ON f.fill_id = s.fill_id
         WHERE s.station_no = $1 AND s.settled_at_ms >= $2 AND s.booking_id IS NOT NULL
         GROUP BY f.stars`,
        [station, since],
      )
      const of = (stars: number | null): number =>
        Number(rows.find((row) => row.stars === stars)?.count ?? 0)
      const fills = rows.reduce((sum, { count }) => sum + Number(count), 0)
      return { byStars: [1, 2, 3, 4, 5].map(of), fills }
    },
    async dropBefore(before) {
      await pool.query('DELETE FROM fill_feedback WHERE given_at_ms < $1', [before])
    },
  }
}
