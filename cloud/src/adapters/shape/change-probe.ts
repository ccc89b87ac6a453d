import { present } from '@baari/shared/faults/assert'
import type { Pool } from 'pg'
import type { ChangePlace, PlaceNumbers } from './wait-room.ts'

/** Up to where a look has seen everything: a transaction number of PostgreSQL, as its text. */
export type ProbeMark = string

export type ProbeAsk = {
  /** What the last look gave; without one only the asked places are told. */
  readonly since: ProbeMark | undefined
  readonly places: readonly ChangePlace[]
}

export type ProbeAnswer = {
  readonly mark: ProbeMark
  /** Newest numbers of the places asked for, in that order. */
  readonly numbers: readonly PlaceNumbers[]
  /** Places with a change that could not be seen by the look before, and perhaps some that could. */
  readonly changed: readonly PlaceChange[]
}

/** Part -1 is a word about the whole table. */
export type PlaceChange = ChangePlace & { readonly seq: number }

/** What the hub asks the database. */
export type ChangeProbe = {
  /** All of it at one moment. */
  look(ask: ProbeAsk): Promise<ProbeAnswer>
}

type Row = {
  readonly mark: string
  readonly numbers: readonly (readonly [number, number])[] | null
  readonly changed: readonly (readonly [number, number, number])[] | null
}

/**
 * A transaction that the last look could not see was under way then or began later, so its number
 * is at least the oldest that was under way. What a look costs thus grows with what was committed
 * and not with how many wait. The upper bound is always true: with it the planner, which knows
 * neither number, expects few rows and takes the index.
 */
const lookSql = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark,
  (SELECT json_agg(json_build_array(
      (SELECT coalesce(max(seq), 0) FROM change_log c WHERE c.part = p.part AND c.rel = p.rel),
      (SELECT coalesce(max(seq), 0) FROM change_log c WHERE c.part = -1 AND c.rel = p.rel)) ORDER BY o)
    FROM unnest($2::int[], $3::oid[]) WITH ORDINALITY AS p (part, rel, o)) AS numbers,
  (SELECT json_agg(json_build_array(part, rel::bigint, seq)) FROM (
    SELECT part, rel, max(seq) AS seq FROM change_log
    WHERE xid >= $1::bigint AND xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    GROUP BY part, rel) AS c) AS changed`

/** Asks PostgreSQL for what was committed; each asked place is one step down its index. */
export function changeProbe(pool: Pool): ChangeProbe {
  return {
    async look({ since, places }) {
      const parts = places.map(({ part }) => part)
      const { rows } = await pool.query<Row>({
        name: 'shape look',
        text: lookSql,
        values: [since ?? null, parts, places.map(({ rel }) => rel)],
      })
      const { mark, numbers, changed } = present(rows[0], 'row of a look')
      return {
        mark,
        numbers: (numbers ?? []).map(([seq, control]) => ({ seq, control })),
        changed: (changed ?? []).map(([part, rel, seq]) => ({ part, rel, seq })),
      }
    },
  }
}
