import type { PastBooking } from '@baari/shared/domain/slots/fairness-limits'
import type { Plate } from '@baari/shared/domain/plate/plate'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import { grams } from '@baari/shared/units/mass'
import { instant } from '@baari/shared/units/time'
import { sql } from 'drizzle-orm'
import type { BookingRows } from '../../ports/sales.ts'
import type { Database } from './database.ts'

/** More bookings than anybody makes in thirty days. */
const most = 500

type Row = {
  readonly plate: string
  readonly same_phone: boolean
  readonly same_payer: boolean
  readonly start: string
  readonly state: string
  readonly expected: string
  readonly filled: string
  readonly settled: string | null
  readonly strike: boolean
}

/** Bookings of the vehicle, of the phone and of the payer, newest first. */
export async function pastBookings(
  db: Database,
  { plate, driver, payer: paidBy, since }: Parameters<BookingRows['past']>[0],
): Promise<readonly PastBooking[]> {
  const payer = paidBy ?? null
  const { rows } = await db.execute<Row>(sql`
    SELECT b.plate, b.driver_id IS NOT DISTINCT FROM ${driver}::uuid AS same_phone,
      coalesce(paid.payer = ${payer}, false) AS same_payer,
      b.window_start_ms AS start, b.state, b.grams AS expected,
      coalesce(sum(sale.grams), 0) AS filled, max(sale.settled_at_ms) AS settled,
      b.state = 'no_show' AND strike.booking_id IS NOT NULL AS strike
    FROM booking AS b
    LEFT JOIN sale ON sale.booking_id = b.id
    LEFT JOIN strike ON strike.booking_id = b.id
    LEFT JOIN booking_payer AS paid ON paid.booking_id = b.id
    WHERE (b.plate = ${plate} OR b.driver_id = ${driver}::uuid OR paid.payer = ${payer})
      AND b.window_start_ms >= ${since}
      AND b.state NOT IN ('cancelled', 'expired', 'waitlisted')
    GROUP BY b.id, strike.booking_id, paid.payer
    ORDER BY b.window_start_ms DESC LIMIT ${most}`)
  return rows.map((row) => ({
    // Only normalised plates are ever inserted.
    plate: row.plate as Plate,
    samePhone: row.same_phone,
    samePayer: row.same_payer,
    windowStart: instant(Number(row.start)),
    // The table's CHECK keeps it inside the type.
    state: row.state as BookingState,
    expected: grams(Number(row.expected)),
    filled: grams(Number(row.filled)),
    settledAt: row.settled === null ? undefined : instant(Number(row.settled)),
    strike: row.strike,
  }))
}
