import { istDay } from '@baari/shared/units/ist-calendar'
import { instant, type DayNumber, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { EventDays } from '../../ports/event-days.ts'

const everyDays = 400

type CutRow = { readonly station_no: number; readonly from_ms: string; readonly until_ms: string }

/** Days that were marked, and those of a supply cut, by station; 0 is everywhere. */
export async function eventDaysSince(
  pool: Pool,
  since: Instant,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const days = new Map<number, Set<number>>()
  const put = (station: number, day: number): void => {
    const own = days.get(station) ?? new Set<number>()
    days.set(station, own.add(day))
  }
  const marked = await pool.query<{ station_no: number; day: number }>(
    'SELECT station_no, day FROM forecast_event_day WHERE day >= $1',
    [istDay(since)],
  )
  for (const { station_no, day } of marked.rows) put(station_no, day)
  const cuts = await pool.query<CutRow>(
    `SELECT station_no, from_ms, coalesce(ended_at_ms, until_ms) AS until_ms FROM supply_cut
     WHERE until_ms >= $1`,
    [since],
  )
  for (const { station_no, from_ms, until_ms } of cuts.rows) {
    const first = istDay(instant(Number(from_ms)))
    const last = Math.min(istDay(instant(Number(until_ms))), first + everyDays)
    for (let day: number = first; day <= last; day += 1) put(station_no, day)
  }
  return days
}

type EventRow = {
  readonly station_no: number
  readonly day: DayNumber
  readonly note: string
  readonly by: string
}

const shownMax = 200

export function eventDaysOf(pool: Pool): EventDays {
  return {
    async mark({ station, day, note, by, at }) {
      await pool.query(
        `INSERT INTO forecast_event_day (station_no, day, note, by, at_ms)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (station_no, day) DO UPDATE SET note = excluded.note, by = excluded.by,
           at_ms = excluded.at_ms`,
        [station ?? 0, day, note, by, at],
      )
    },
    async unmark({ station, day }) {
      const { rowCount } = await pool.query(
        'DELETE FROM forecast_event_day WHERE station_no = $1 AND day = $2',
        [station ?? 0, day],
      )
      return rowCount === 1
    },
    async latest() {
      const { rows } = await pool.query<EventRow>(
        `SELECT station_no, day, note, by FROM forecast_event_day
         ORDER BY day DESC, station_no LIMIT ${shownMax}`,
      )
      return rows.map(({ station_no, day, note, by }) => {
        return { station: station_no === 0 ? null : station_no, day, note, by }
      })
    },
  }
}
