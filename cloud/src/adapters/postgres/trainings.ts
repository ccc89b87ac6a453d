import type { Training } from '@baari/shared/contracts/http/forecast-api'
import { present } from '@baari/shared/faults/assert'
import type { Clock } from '@baari/shared/runtime/clock'
import { before, hours, instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { Trainings } from '../../ports/forecast-models.ts'

type TrainingRow = {
  readonly id: string
  readonly state: Training['state']
  readonly asked_by: string
  readonly asked_at_ms: string
  readonly started_at_ms: string | null
  readonly ended_at_ms: string | null
  readonly steps_done: number
  readonly steps: number
  readonly version: number | null
  readonly reason: string | null
}

/** A training that has run so long has lost its process. */
const lostAfter = hours(2)
const shownMax = 20

export function trainingsOf(pool: Pool, clock: Pick<Clock, 'now'>): Trainings {
  const rowOf = async (sql: string, values: readonly unknown[]): Promise<Training | undefined> => {
    const { rows } = await pool.query<TrainingRow>(sql, [...values])
    return rows[0] && trainingOf(rows[0])
  }
  return {
    async ask(by, id) {
      await pool.query(
        `INSERT INTO forecast_training (id, state, asked_by, asked_at_ms)
         VALUES ($1, 'waiting', $2, $3) ON CONFLICT DO NOTHING`,
        [id, by, clock.now()],
      )
      const open = `SELECT * FROM forecast_training WHERE id = $1 OR state IN ('waiting', 'running')
        ORDER BY id = $1 DESC LIMIT 1`
      return present(await rowOf(open, [id]), 'the training that was asked for')
    },
    byId: (id) => rowOf('SELECT * FROM forecast_training WHERE id = $1', [id]),
    async latest() {
      const { rows } = await pool.query<TrainingRow>(
        `SELECT * FROM forecast_training ORDER BY asked_at_ms DESC LIMIT ${shownMax}`,
      )
      return rows.map(trainingOf)
    },
    async newest() {
      const { rows } = await pool.query<{ at: string | null }>(
        'SELECT max(asked_at_ms) AS at FROM forecast_training',
      )
      const at = rows[0]?.at
      return at === undefined || at === null ? undefined : instant(Number(at))
    },
    claim: () =>
      rowOf(
        `UPDATE forecast_training SET state = 'running', started_at_ms = $1, steps_done = 0
         WHERE id = (SELECT id FROM forecast_training
           WHERE state = 'waiting' OR (state = 'running' AND started_at_ms < $2)
           LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`,
        [clock.now(), before(clock.now(), lostAfter)],
      ),
    async progress(id, done, steps) {
      await pool.query(
        `UPDATE forecast_training SET steps_done = greatest(steps_done, $2), steps = $3
         WHERE id = $1 AND state = 'running'`,
        [id, done, steps],
      )
    },
    async end(id, how) {
      const version = 'version' in how ? how.version : null
      const reason = 'reason' in how ? how.reason : null
      await pool.query(
        `UPDATE forecast_training SET state = $2, ended_at_ms = $3, version = $4, reason = $5
         WHERE id = $1`,
        [id, version === null ? 'failed' : 'done', clock.now(), version, reason],
      )
    },
  }
}

function trainingOf(row: TrainingRow): Training {
  const time = (ms: string | null) => (ms === null ? null : instant(Number(ms)))
  const { id, state, version, reason, steps } = row
  return {
    ...{ id, state, version, reason, steps, stepsDone: row.steps_done, askedBy: row.asked_by },
    askedAtMs: instant(Number(row.asked_at_ms)),
    startedAtMs: time(row.started_at_ms),
    endedAtMs: time(row.ended_at_ms),
  }
}
