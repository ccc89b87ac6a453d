import type { UnmetQuarter } from '@baari/shared/domain/forecast/learning/censored-history'
import { quarterStart } from '@baari/shared/domain/forecast/serving/station-demand'
import type { Clock } from '@baari/shared/runtime/clock'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, hours, instant, minutes, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { UnmetRequests } from '../../ports/unmet-requests.ts'
import { inTransaction } from './pool.ts'

/** A driver who was turned away looks for another window for so long. */
const ripeAfter = minutes(30)
const saltDays = 2
/** Less than an auto takes: nothing was left that could be sold. */
const leftMilliMinutes = 2_000
/** As long as demand is recorded at the stations. */
const keptFor = hours(24 * 366 * 2)

const marked = `(SELECT sha256(convert_to(salt::text || $2, 'UTF8')) FROM unmet_salt WHERE day = $3)`

/** Unmet requests in PostgreSQL; the database makes the marks, so that every process makes the same. */
export function unmetRequestsOf(pool: Pool, clock: Pick<Clock, 'now'>): UnmetRequests {
  return {
    async turnedAway({ station, driver, windowStart }) {
      const now = clock.now()
      await pool.query('INSERT INTO unmet_salt (day) VALUES ($1) ON CONFLICT DO NOTHING', [
        istDay(now),
      ])
      await pool.query(
        `INSERT INTO unmet_request (station_no, mark, start_ms, at_ms)
         VALUES ($1, ${marked}, $4, $5) ON CONFLICT DO NOTHING`,
        [station, driver, istDay(now), quarterStart(windowStart), now],
      )
    },
    async met({ station, driver }) {
      await pool.query(`DELETE FROM unmet_request WHERE station_no = $1 AND mark = ${marked}`, [
        ...[station, driver, istDay(clock.now())],
      ])
    },
    async count() {
      const now = clock.now()
      await inTransaction(pool, async (client) => {
        await client.query(
          `WITH ripe AS (DELETE FROM unmet_request WHERE at_ms < $1 RETURNING station_no, start_ms)
           INSERT INTO unmet_quarter (station_no, start_ms, rejected)
           SELECT station_no, start_ms, count(*) FROM ripe GROUP BY 1, 2
           ON CONFLICT (station_no, start_ms)
             DO UPDATE SET rejected = unmet_quarter.rejected + excluded.rejected`,
          [before(now, ripeAfter)],
        )
        await client.query(waitedInVain, [before(now, hours(24)), now])
      })
      await pool.query('DELETE FROM unmet_salt WHERE day < $1', [istDay(now) - saltDays])
      await pool.query('DELETE FROM unmet_quarter WHERE start_ms < $1', [before(now, keptFor)])
    },
    since: (since) => unmetSince(pool, since, clock.now()),
  }
}

/**
 * Waiting lists of windows of the last day that came to nothing: only they end without a term. They
 * are counted anew each time, so that no booking needs to be marked.
 */
const waitedInVain = `
INSERT INTO unmet_quarter (station_no, start_ms, abandoned)
SELECT station_no, window_start_ms / 900000 * 900000, count(*) FROM booking
WHERE window_start_ms >= $1::bigint / 900000 * 900000 AND window_start_ms < $2 AND term_id IS NULL
  AND channel <> 'kiosk' AND state IN ('waitlisted', 'expired', 'cancelled')
GROUP BY 1, 2
ON CONFLICT (station_no, start_ms) DO UPDATE SET abandoned = excluded.abandoned`

type UnmetRow = {
  readonly station_no: number
  readonly start_ms: string
  readonly unmet: string
  readonly sold_out: boolean
}

const unmet = `
SELECT station_no, start_ms, sum(unmet) AS unmet, bool_or(sold_out) AS sold_out
FROM (
  SELECT station_no, start_ms, rejected + abandoned AS unmet, rejected + abandoned > 0 AS sold_out
  FROM unmet_quarter WHERE start_ms >= $1
  UNION ALL
  SELECT station_no, cell_start_ms / 900000 * 900000, 0, true FROM slot_cell
  WHERE cell_start_ms >= $1 AND cell_start_ms < $2 AND granted_milli_minutes > 0
  GROUP BY 1, 2
  HAVING count(*) = 3 AND sum(granted_milli_minutes - sold_milli_minutes) < $3
) AS parts GROUP BY 1, 2`

async function unmetSince(
  pool: Pool,
  since: Instant,
  until: Instant,
): Promise<ReadonlyMap<number, ReadonlyMap<Instant, UnmetQuarter>>> {
  const { rows } = await pool.query<UnmetRow>(unmet, [quarterStart(since), until, leftMilliMinutes])
  const byStation = new Map<number, Map<Instant, UnmetQuarter>>()
  for (const { station_no: station, start_ms, unmet: count, sold_out: full } of rows) {
    const own = byStation.get(station) ?? new Map<Instant, UnmetQuarter>()
    own.set(instant(Number(start_ms)), { unmet: Number(count), full })
    byStation.set(station, own)
  }
  return byStation
}
