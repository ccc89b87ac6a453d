import { instant, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { ToldQuarter } from '../../domain/forecast/recorded-quarters.ts'

type QuarterRow = {
  readonly station_no: number
  readonly start_ms: string
  readonly auto: string
  readonly car: string
  readonly lcv: string
  readonly bus: string
  readonly arrivals: string
  readonly grams: string
}

/** Vehicles and gas by quarter hour, as the stations' tickets and sales tell. */
const told = `
SELECT station_no, start_ms, sum(auto) AS auto, sum(car) AS car, sum(lcv) AS lcv, sum(bus) AS bus,
  sum(arrivals) AS arrivals, sum(grams) AS grams
FROM (
  SELECT station_no, arrived_at_ms / 900000 * 900000 AS start_ms,
    count(*) FILTER (WHERE kind = 'walk-in' AND vehicle_class = 'auto') AS auto,
    count(*) FILTER (WHERE kind = 'walk-in' AND vehicle_class = 'car') AS car,
    count(*) FILTER (WHERE kind = 'walk-in' AND vehicle_class = 'lcv') AS lcv,
    count(*) FILTER (WHERE kind = 'walk-in' AND vehicle_class = 'bus') AS bus,
    count(*) AS arrivals, 0 AS grams
  FROM walk_in_ticket WHERE arrived_at_ms >= $1 AND ($2::int IS NULL OR station_no = $2) GROUP BY 1, 2
  UNION ALL
  SELECT station_no, settled_at_ms / 900000 * 900000, 0, 0, 0, 0, 0, sum(grams)
  FROM sale WHERE settled_at_ms >= $1 AND ($2::int IS NULL OR station_no = $2) GROUP BY 1, 2
) AS parts GROUP BY 1, 2 ORDER BY 1, 2`

/** @param station one station alone */
export async function toldQuarters(
  pool: Pool,
  since: Instant,
  station?: number,
): Promise<readonly ToldQuarter[]> {
  const { rows } = await pool.query<QuarterRow>(told, [since, station ?? null])
  return rows.map((row) => ({
    station: row.station_no,
    start: instant(Number(row.start_ms)),
    walkIns: {
      auto: Number(row.auto),
      car: Number(row.car),
      lcv: Number(row.lcv),
      bus: Number(row.bus),
    },
    arrivals: Number(row.arrivals),
    grams: Number(row.grams),
  }))
}
