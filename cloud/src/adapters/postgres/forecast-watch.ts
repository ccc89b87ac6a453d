import {
  driftAlarms,
  type DriftAlarmKind,
} from '@baari/shared/domain/forecast/learning/drift-alarms'
import { packBands, type ScoredDay } from '@baari/shared/domain/forecast/learning/score-station'
import type { DemandTarget } from '@baari/shared/domain/forecast/serving/station-demand'
import { before, dayNumber, hours } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { ForecastWatch, ToldAlarm } from '../../ports/forecast-watch.ts'
import { inTransaction } from './pool.ts'

/** A look that has run so long has lost its process. */
const lostAfter = hours(1)
/** Rows of one statement: each holds a day's bands. */
const rowsAtOnce = 100

/** Scores and alarms of forecasts in PostgreSQL. */
export function forecastWatchOf(pool: Pool): ForecastWatch {
  return {
    async begin(day, now) {
      const { rowCount } = await pool.query(
        `INSERT INTO forecast_look (day, started_at_ms) VALUES ($1, $2)
         ON CONFLICT (day) DO UPDATE SET started_at_ms = excluded.started_at_ms
           WHERE forecast_look.ended_at_ms IS NULL AND forecast_look.started_at_ms < $3`,
        [day, now, before(now, lostAfter)],
      )
      return rowCount === 1
    },
    async end(day, now) {
      await pool.query('UPDATE forecast_look SET ended_at_ms = $2 WHERE day = $1', [day, now])
    },
    async keep(days) {
      for (let at = 0; at < days.length; at += rowsAtOnce) {
        await keepDays(pool, days.slice(at, at + rowsAtOnce))
      }
    },
    async days(station, version, since) {
      const { rows } = await pool.query<DayRow>(
        `SELECT target, day, error, naive_error, inside, quarters FROM forecast_day
         WHERE station_no = $1 AND version = $2 AND lead = 1 AND day >= $3 AND quarters > 0
         ORDER BY day`,
        [station, version, since],
      )
      return rows.map(({ naive_error: naiveError, day, ...rest }) => ({
        ...{ ...rest, naiveError, day: dayNumber(day) },
      }))
    },
    async openAlarms() {
      const { rows } = await pool.query<AlarmRow>(
        `SELECT station_no, version, kind, since_day FROM forecast_alarm
         WHERE closed_at_ms IS NULL ORDER BY no`,
      )
      return rows.flatMap(alarmOf)
    },
    change: ({ opened, closed }, now) =>
      inTransaction(pool, async (client) => {
        for (const { station, version, kind } of closed) {
          await client.query(
            `UPDATE forecast_alarm SET closed_at_ms = $4
             WHERE station_no = $1 AND version = $2 AND kind = $3 AND closed_at_ms IS NULL`,
            [station, version, kind, now],
          )
        }
        for (const { station, version, kind, since } of opened) {
          await client.query(
            `INSERT INTO forecast_alarm (station_no, version, kind, since_day, opened_at_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
            [station, version, kind, since, now],
          )
        }
      }),
    async dropBefore(day) {
      await pool.query('DELETE FROM forecast_day WHERE day < $1', [day])
      await pool.query('DELETE FROM forecast_look WHERE day < $1', [day])
    },
  }
}

type DayRow = {
  readonly target: DemandTarget
  readonly day: number
  readonly error: number
  readonly naive_error: number
  readonly inside: number
  readonly quarters: number
}

type AlarmRow = {
  readonly station_no: number
  readonly version: number
  readonly kind: string
  readonly since_day: number
}

/** A kind of another release is left to that release. */
function alarmOf({ station_no: station, version, kind, since_day: since }: AlarmRow): ToldAlarm[] {
  return isKind(kind) ? [{ station, version, kind, since }] : []
}

function isKind(kind: string): kind is DriftAlarmKind {
  return driftAlarms.some((one) => one === kind)
}

/** A later look knows more of a day: ops may come a week late. */
async function keepDays(pool: Pool, days: readonly ScoredDay[]): Promise<void> {
  const column = <T>(of: (day: ScoredDay) => T): readonly T[] => days.map(of)
  await pool.query(
    `INSERT INTO forecast_day (station_no, target, day, lead, version, basis, bands, quarters, came,
       error, naive_error, inside)
     SELECT * FROM unnest($1::int[], $2::text[], $3::int[], $4::int[], $5::int[], $6::text[],
       $7::jsonb[], $8::int[], $9::float8[], $10::float8[], $11::float8[], $12::int[])
     ON CONFLICT (station_no, target, day, lead) DO UPDATE SET version = excluded.version,
       basis = excluded.basis, bands = excluded.bands, quarters = excluded.quarters,
       came = excluded.came, error = excluded.error, naive_error = excluded.naive_error,
       inside = excluded.inside`,
    [
      ...[column(({ station }) => station), column(({ target }) => target)],
      ...[column(({ day }) => day), column(({ lead }) => lead), column(({ version }) => version)],
      ...[column(({ basis }) => basis), column(({ bands }) => JSON.stringify(packBands(bands)))],
      ...[column(({ quarters }) => quarters), column(({ came }) => came)],
      ...[column(({ error }) => error), column(({ naiveError }) => naiveError)],
      column(({ inside }) => inside),
    ],
  )
}
