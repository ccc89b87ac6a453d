import { present } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { SupplyCut } from '../../domain/booking/supply-cut.ts'
import type { SupplyCuts } from '../../ports/supply-cuts.ts'

type Row = {
  readonly id: string
  readonly station_no: number
  readonly from_ms: string
  readonly until_ms: string
}

export function supplyCutsOf(pool: Pool): SupplyCuts {
  return {
    async declare({ id, station, from, until, by, now }) {
      const { rows } = await pool.query<Row>(
        `INSERT INTO supply_cut (id, station_no, from_ms, until_ms, declared_by, declared_at_ms,
           next_wave_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (station_no) WHERE ended_at_ms IS NULL DO UPDATE
           SET until_ms = excluded.until_ms, from_ms = least(supply_cut.from_ms, excluded.from_ms)
         RETURNING *`,
        [id, station, from, until, by, now],
      )
      return cutOf(present(rows[0], 'the cut that was declared'))
    },
    async end(station, now) {
      const done = await pool.query(
        'UPDATE supply_cut SET ended_at_ms = $2 WHERE station_no = $1 AND ended_at_ms IS NULL',
        [station, now],
      )
      return done.rowCount === 1
    },
    async open(station) {
      const { rows } = await pool.query<Row>(
        'SELECT * FROM supply_cut WHERE station_no = $1 AND ended_at_ms IS NULL',
        [station],
      )
      return rows[0] && cutOf(rows[0])
    },
    async takeWaves({ now, next, limit }) {
      const { rows } = await pool.query<Row>(
        `UPDATE supply_cut SET next_wave_at_ms = $2 WHERE id IN (
           SELECT id FROM supply_cut WHERE ended_at_ms IS NULL AND next_wave_at_ms <= $1
           ORDER BY next_wave_at_ms LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING *`,
        [now, next, limit],
      )
      return rows.map(cutOf)
    },
    async endOver(now) {
      await pool.query(
        'UPDATE supply_cut SET ended_at_ms = $1 WHERE ended_at_ms IS NULL AND until_ms <= $1',
        [now],
      )
    },
  }
}

function cutOf({ id, station_no: station, from_ms, until_ms }: Row): SupplyCut {
  return { id, station, from: instant(Number(from_ms)), until: instant(Number(until_ms)) }
}
