import type { Pool } from 'pg'
import type { ChangeProbe } from './change-hub.ts'

/** Asks PostgreSQL for the newest numbers; each place is one step down its index. */
export function changeProbe(pool: Pool): ChangeProbe {
  return {
    async newestNumber() {
      const { rows } = await pool.query<{ n: string }>('SELECT last_value AS n FROM change_seq')
      return Number(rows[0]?.n ?? 0)
    },
    async newestOf(places) {
      if (places.length === 0) return []
      const { rows } = await pool.query<{ seq: string | null; control: string | null }>(
        `SELECT (SELECT max(seq) FROM change_log c WHERE c.part = p.part AND c.rel = p.rel) AS seq,
           (SELECT max(seq) FROM change_log c WHERE c.part = -1 AND c.rel = p.rel) AS control
         FROM unnest($1::int[], $2::oid[]) WITH ORDINALITY AS p (part, rel, o) ORDER BY o`,
        [places.map((place) => place.part), places.map((place) => place.rel)],
      )
      return rows.map((row) => ({ seq: Number(row.seq ?? 0), control: Number(row.control ?? 0) }))
    },
  }
}
