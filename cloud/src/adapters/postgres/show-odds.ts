import type { ShowCounts } from '@baari/shared/domain/slots/show-cohort'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { perMille } from '@baari/shared/units/work'
import { and, desc, eq, gte, inArray, lt, ne, sql } from 'drizzle-orm'
import type { Booking } from '../../domain/booking/booking.ts'
import { expectedStates } from '../../domain/booking/sale-rules.ts'
import type { BookedNear, CellRange, SaleOdds } from '../../ports/sales.ts'
import type { Database } from './database.ts'
import { booking, bookingOdds, showCohort } from './schema/bookings.ts'

/** Bookings still expected whose window starts in the range; the cells around it are locked. */
export async function bookingsNear(
  db: Database,
  { station, from, to }: CellRange,
  except: BookingId,
): Promise<readonly BookedNear[]> {
  const rows = await db
    .select({
      windowStart: booking.windowStartMs,
      vehicleClass: booking.vehicleClass,
      nozzle: booking.nozzle,
      channel: booking.channel,
      show: bookingOdds.showPermille,
    })
    .from(booking)
    .leftJoin(bookingOdds, eq(bookingOdds.bookingId, booking.id))
    .where(
      and(
        eq(booking.stationNo, station),
        gte(booking.windowStartMs, from),
        lt(booking.windowStartMs, to),
        inArray(booking.state, [...expectedStates]),
        ne(booking.id, except),
      ),
    )
  return rows.map(({ windowStart, channel, show, ...row }) => ({
    ...row,
    windowStart: instant(windowStart),
    own: channel === 'kiosk',
    show: show === null ? showProbability : perMille(show),
  }))
}

const endings = { completed: 'came', part_filled: 'came', no_show: 'missed' } as const

export async function lastOutcome(
  db: Database,
  plate: string,
): Promise<'came' | 'missed' | undefined> {
  const [row] = await db
    .select({ state: booking.state })
    .from(booking)
    .where(
      and(
        eq(booking.plate, plate),
        inArray(booking.state, ['completed', 'part_filled', 'no_show']),
      ),
    )
    .orderBy(desc(booking.windowStartMs))
    .limit(1)
  return row && endings[row.state as keyof typeof endings]
}

export async function showCounts(
  db: Database,
  { station, cohort }: { readonly station: StationNo; readonly cohort: string },
): Promise<ShowCounts> {
  const [row] = await db
    .select({ shown: showCohort.shown, missed: showCohort.missed })
    .from(showCohort)
    .where(and(eq(showCohort.stationNo, station), eq(showCohort.cohort, cohort)))
  return row ?? { shown: 0, missed: 0 }
}

export async function keepOdds(
  db: Database,
  { id, station }: Booking,
  { cohort, show }: SaleOdds,
): Promise<void> {
  await db
    .insert(bookingOdds)
    .values({ bookingId: id, stationNo: station, cohort, showPermille: show })
}

/**
 * Adds outcomes to their cohorts, each once. An ending counts a day after the token's end, when the
 * station's word has come; a booking cancelled in time says nothing about who comes.
 */
export async function learnShows(
  db: Database,
  { endedBefore, limit }: { readonly endedBefore: number; readonly limit: number },
): Promise<number> {
  const counted = await db.execute(sql`
    WITH done AS (
      UPDATE booking_odds SET counted = true WHERE booking_id IN (
        SELECT odds.booking_id FROM booking_odds AS odds
        JOIN booking ON booking.id = odds.booking_id
        WHERE NOT odds.counted AND booking.expires_ms < ${endedBefore}
          AND booking.state IN ('completed', 'part_filled', 'no_show', 'cancelled', 'expired')
        ORDER BY odds.booking_id LIMIT ${limit} FOR UPDATE OF odds SKIP LOCKED)
      RETURNING booking_id, station_no, cohort),
    added AS (
      INSERT INTO show_cohort AS known (station_no, cohort, shown, missed)
      SELECT done.station_no, done.cohort,
        count(*) FILTER (WHERE booking.state IN ('completed', 'part_filled')),
        count(*) FILTER (WHERE booking.state = 'no_show')
      FROM done JOIN booking ON booking.id = done.booking_id
      GROUP BY done.station_no, done.cohort ORDER BY done.station_no, done.cohort
      ON CONFLICT (station_no, cohort) DO UPDATE
      SET shown = known.shown + excluded.shown, missed = known.missed + excluded.missed)
    SELECT count(*)::int AS counted FROM done`)
  return Number(counted.rows[0]?.['counted'] ?? 0)
}
