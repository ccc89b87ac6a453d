import { unpackBands } from '@baari/shared/domain/forecast/learning/score-station'
import { isoDate } from '@baari/shared/units/ist-calendar'
import { dayNumber, instant, type DayNumber } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { recordedQuarters } from '../../domain/forecast/recorded-quarters.ts'
import type { ForecastReading } from '../../ports/forecast-report.ts'
import { toldQuarters } from './told-quarters.ts'

const alarmsMax = 50

type BandRow = { readonly day: number; readonly bands: readonly (readonly number[])[] }

type HorizonRow = {
  readonly lead: number
  readonly days: string
  readonly mae: number
  readonly naive_mae: number
  readonly cover: number
  readonly basis: string
}

type AlarmRow = {
  readonly station_no: number
  readonly version: number
  readonly kind: string
  readonly since_day: DayNumber
  readonly closed_at_ms: string | null
}

/** What was kept of forecasts, for the pages. */
export function forecastReadingOf(pool: Pool): ForecastReading {
  return {
    async stations() {
      const { rows } = await pool.query<{ station: number; name: string }>(
        `SELECT no AS station, name FROM station
         WHERE EXISTS (SELECT FROM forecast_day WHERE station_no = no) ORDER BY no`,
      )
      return rows
    },
    async bands({ station, target, from, to }) {
      const { rows } = await pool.query<BandRow>(
        `SELECT DISTINCT ON (day) day, bands FROM forecast_day
         WHERE station_no = $1 AND target = $2 AND day >= $3 AND day < $4 ORDER BY day, lead`,
        [station, target, from, to],
      )
      return rows.map(({ day, bands }) => {
        return { day: dayNumber(day), bands: [...unpackBands(bands)] }
      })
    },
    async horizons({ station, target, since }) {
      const { rows } = await pool.query<HorizonRow>(
        `SELECT lead, count(*) AS days, sum(error) / sum(quarters) AS mae,
           sum(naive_error) / sum(quarters) AS naive_mae,
           sum(inside)::float8 / sum(quarters) AS cover, max(basis) AS basis
         FROM forecast_day
         WHERE station_no = $1 AND target = $2 AND day >= $3 AND quarters > 0
         GROUP BY lead ORDER BY lead`,
        [station, target, since],
      )
      return rows.map(({ naive_mae: naiveMae, days, ...rest }) => {
        return { ...rest, naiveMae, days: Number(days) }
      })
    },
    async alarms(station) {
      const { rows } = await pool.query<AlarmRow>(
        `SELECT station_no, version, kind, since_day, closed_at_ms FROM forecast_alarm
         WHERE station_no IN (0, $1) ORDER BY closed_at_ms IS NULL DESC, no DESC LIMIT ${alarmsMax}`,
        [station],
      )
      return rows.map(({ station_no, version, kind, since_day, closed_at_ms }) => ({
        ...{ station: station_no === 0 ? null : station_no, version, kind },
        since: isoDate(since_day),
        closedAtMs: closed_at_ms === null ? null : instant(Number(closed_at_ms)),
      }))
    },
    async counts(station, since) {
      const told = await toldQuarters(pool, since, station)
      const plain = { eventDays: new Map<number, never>(), unmet: new Map<number, never>() }
      return recordedQuarters(told, plain)[0]?.counts ?? []
    },
  }
}
