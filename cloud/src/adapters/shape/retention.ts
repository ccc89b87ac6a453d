import type { Pool } from 'pg'

export type RetentionInput = {
  readonly keepDays: number
  readonly keepChunksMinutes: number
  /** Rows of the log that go in one transaction. */
  readonly rowsPerStep: number
  readonly stepsMax: number
}

export const usualRetention: RetentionInput = {
  keepDays: 30,
  keepChunksMinutes: 60,
  rowsPerStep: 10_000,
  stepsMax: 100,
}

/**
 * Drops changes older than the days to keep and raises the floor below which a log can no longer be
 * read; evicts snapshots nobody needs fast; forgets handles nobody read for as long. A station that
 * stayed away longer fetches anew (409).
 */
export async function pruneShapes(pool: Pool, input: RetentionInput): Promise<number> {
  let dropped = 0
  for (let step = 0; step < input.stepsMax; step += 1) {
    const { rowCount } = await pool.query(
      `WITH gone AS (
         DELETE FROM change_log WHERE (part, rel, seq) IN (
           SELECT part, rel, seq FROM change_log
           WHERE at < now() - make_interval(days => $1) ORDER BY seq LIMIT $2)
         RETURNING part, rel, seq),
       floors AS (
         INSERT INTO change_floor (part, rel, seq)
         SELECT part, rel, max(seq) FROM gone WHERE part >= 0 GROUP BY part, rel
         ON CONFLICT (part, rel) DO UPDATE SET seq = greatest(change_floor.seq, excluded.seq))
       SELECT 1 FROM gone`,
      [input.keepDays, input.rowsPerStep],
    )
    dropped += rowCount ?? 0
    if ((rowCount ?? 0) < input.rowsPerStep) break
  }
  await pool.query(
    `DELETE FROM shape_chunk c USING shape s WHERE s.handle = c.handle
       AND (NOT s.current OR s.created_at < now() - make_interval(mins => $1))`,
    [input.keepChunksMinutes],
  )
  await pool.query(
    `DELETE FROM shape WHERE NOT current AND last_read_at < now() - make_interval(days => $1)`,
    [input.keepDays],
  )
  return dropped
}
