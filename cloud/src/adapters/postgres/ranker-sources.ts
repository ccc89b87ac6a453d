import type { Trip } from '@baari/shared/domain/eta/offline-eta'
import { stationNo } from '@baari/shared/units/names'
import { centreOf, place, placeCell } from '@baari/shared/units/place'
import { instant, millis, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type {
  PastWindows,
  RankerSources,
  StationPlaces,
  StationTold,
} from '../../ports/slot-recommendation.ts'

export function rankerSourcesOf(pool: Pool): RankerSources {
  return {
    stations: (since) => stationsTold(pool, since),
    async takeCounts(since) {
      const { rows } = await pool.query<{ shown: string; taken: string }>(takeCountsSql, [since])
      return { shown: Number(rows[0]?.shown ?? 0), taken: Number(rows[0]?.taken ?? 0) }
    },
    async trips(since, limit) {
      const { rows } = await pool.query<TripRow>(tripsSql, [since, limit])
      return rows.flatMap(tripOf)
    },
  }
}

type StationRow = {
  readonly station_no: number
  readonly sum: string
  readonly count: string
  readonly offered: string
  readonly taken: string
  readonly working: string
}

const stationsSql = `
WITH rated AS (
  SELECT station_no, sum(stars) AS sum, count(*) AS count FROM fill_feedback GROUP BY 1),
offers AS (
  SELECT o.station_no, count(*) AS offered, count(*) FILTER (WHERE m.place = o.place) AS taken
  FROM choice_made AS m JOIN choice_option AS o ON o.shown_id = m.shown_id
  WHERE m.joined_at_ms >= $1 GROUP BY 1),
positions AS (
  SELECT station_no, count(*) AS working FROM station_position WHERE working GROUP BY 1)
SELECT s.no AS station_no, coalesce(r.sum, 0) AS sum, coalesce(r.count, 0) AS count,
  coalesce(o.offered, 0) AS offered, coalesce(o.taken, 0) AS taken, coalesce(p.working, 0) AS working
FROM station AS s
LEFT JOIN rated AS r ON r.station_no = s.no
LEFT JOIN offers AS o ON o.station_no = s.no
LEFT JOIN positions AS p ON p.station_no = s.no
ORDER BY s.no`

/**
 * Of each driver who looked again before deciding only the last showing counts: the herd counts that
 * one alone as well.
 */
const takeCountsSql = `
SELECT count(*) AS shown, count(m.place) AS taken FROM choice_made AS m
JOIN choice_shown AS s ON s.id = m.shown_id
WHERE s.shown_at_ms >= $1 AND (m.booking_id IS NOT NULL OR NOT EXISTS (
  SELECT FROM choice_shown AS n WHERE n.driver_id = s.driver_id
    AND n.shown_at_ms > s.shown_at_ms AND n.shown_at_ms <= s.shown_at_ms + 1800000))`

/** Hour 0 of the IST week is Sunday's first; the epoch was a Thursday at half past five. */
const arrivalsSql = `
SELECT station_no, ((arrived_at_ms + 19800000) / 3600000 + 96) % 168 AS hour, count(*) AS count
FROM walk_in_ticket WHERE arrived_at_ms >= $1 GROUP BY 1, 2`

async function stationsTold(pool: Pool, since: Instant): Promise<readonly StationTold[]> {
  const [told, came] = await Promise.all([
    pool.query<StationRow>(stationsSql, [since]),
    pool.query<{ station_no: number; hour: string; count: string }>(arrivalsSql, [since]),
  ])
  const arrivals = new Map<number, Map<number, number>>()
  for (const { station_no, hour, count } of came.rows) {
    const own = arrivals.get(station_no) ?? new Map<number, number>()
    arrivals.set(station_no, own.set(Number(hour), Number(count)))
  }
  return told.rows.map((row) => ({
    station: stationNo(row.station_no),
    ratings: { sum: Number(row.sum), count: Number(row.count) },
    ...{ offered: Number(row.offered), taken: Number(row.taken) },
    arrivals: arrivals.get(row.station_no) ?? new Map<number, number>(),
    workingPositions: Number(row.working),
  }))
}

type TripRow = {
  readonly cell: string
  readonly left_at_ms: string
  readonly came_at_ms: string
  readonly lat_e6: number
  readonly lon_e6: number
}

/** A cell that the code of today cannot read teaches nothing. */
function tripOf(row: TripRow): readonly Trip[] {
  const cell = placeCell(row.cell)
  if (cell === undefined) return []
  const left = instant(Number(row.left_at_ms))
  const took = millis(Number(row.came_at_ms) - left)
  return [{ cell, from: centreOf(cell), to: place(row.lat_e6, row.lon_e6), left, took }]
}

/** Trips that ended within three hours; a longer one was no trip but a change of mind. */
const tripsSql = `
SELECT t.cell, t.left_at_ms, c.came_at_ms, p.lat_e6, p.lon_e6 FROM trip AS t
JOIN station_place AS p ON p.station_no = t.station_no
JOIN LATERAL (SELECT min(at_ms) AS came_at_ms FROM check_in WHERE booking_id = t.booking_id) AS c
  ON c.came_at_ms > t.left_at_ms AND c.came_at_ms < t.left_at_ms + 10800000
WHERE t.left_at_ms >= $1 ORDER BY t.left_at_ms DESC LIMIT $2`

export function stationPlacesOf(pool: Pool): StationPlaces {
  return {
    async all() {
      const { rows } = await pool.query<{ station_no: number; lat_e6: number; lon_e6: number }>(
        'SELECT station_no, lat_e6, lon_e6 FROM station_place',
      )
      return new Map(rows.map((row) => [stationNo(row.station_no), place(row.lat_e6, row.lon_e6)]))
    },
    async put(station, { latE6, lonE6 }) {
      await pool.query(
        `INSERT INTO station_place (station_no, lat_e6, lon_e6) VALUES ($1, $2, $3)
         ON CONFLICT (station_no) DO UPDATE SET lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6`,
        [station, latE6, lonE6],
      )
    },
  }
}

export function pastWindowsOf(pool: Pool): PastWindows {
  return async (driver, limit) => {
    const { rows } = await pool.query<{ window_start_ms: string }>(
      `SELECT window_start_ms FROM booking
       WHERE driver_id = $1 AND state IN ('completed', 'part_filled') ORDER BY id DESC LIMIT $2`,
      [driver, limit],
    )
    return rows.map((row) => instant(Number(row.window_start_ms)))
  }
}
