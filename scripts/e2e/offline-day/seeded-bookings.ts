import { randomUUID } from 'node:crypto'
import { newRowOf } from '@baari/cloud/adapters/postgres/booking-record'
import { databaseOf } from '@baari/cloud/adapters/postgres/database'
import { booking } from '@baari/cloud/adapters/postgres/schema/bookings'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { istDay, slotMs } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { noPaise, paisePerKg } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { dayNumber, instant, type DayNumber, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import pg from 'pg'
import type { TokenPress } from '../../clients/token-press.ts'

/** A booking in the cloud's book, and the token its driver shows. */
export type SeededBooking = { readonly id: string; readonly token: string }

export type SeededBookings = {
  readonly inWindow: SeededBooking
  readonly atTwoLanes: SeededBooking
  readonly late: SeededBooking
  readonly over: SeededBooking
  readonly oldCylinder: SeededBooking
  /** Re-timed: the row has revision 2, the token shown is the first one. */
  readonly superseded: SeededBooking
}

type Seed = {
  readonly plate: string
  readonly windowStart: Instant
  readonly rev?: number
  readonly retestDay?: DayNumber
}

const farRetestDay = dayNumber(25_000)

/**
 * Bookings whose windows lie around now. The cloud sells no window that starts within fifteen
 * minutes (product.md 7.2), so these stand for sales of the last hour: written into its book as
 * the sale would have left them, and from there they reach the station like any other row.
 */
export async function seedBookings(
  databaseUrl: string,
  press: TokenPress,
): Promise<SeededBookings> {
  const now = Date.now()
  const slot = instant(Math.floor(now / slotMs) * slotMs)
  const slotsAgo = (slots: number): Instant => instant(slot - slots * slotMs)
  const yesterday = dayNumber(istDay(instant(now)) - 1)
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  const seed = (wish: Seed): Promise<SeededBooking> => seedOne(pool, press, wish)
  try {
    return {
      inWindow: await seed({ plate: 'GJ01SD0001', windowStart: slot }),
      atTwoLanes: await seed({ plate: 'GJ01SD0002', windowStart: slot }),
      late: await seed({ plate: 'GJ01SD0003', windowStart: slotsAgo(3) }),
      over: await seed({ plate: 'GJ01SD0004', windowStart: slotsAgo(8) }),
      oldCylinder: await seed({ plate: 'GJ01SD0005', windowStart: slot, retestDay: yesterday }),
      superseded: await seed({ plate: 'GJ01SD0006', windowStart: slot, rev: 2 }),
    }
  } finally {
    await pool.end()
  }
}

/** How many rows the station must know before the line may break. */
export const seededCount = 6

async function seedOne(
  pool: pg.Pool,
  press: TokenPress,
  { plate, windowStart, rev = 1, retestDay = farRetestDay }: Seed,
): Promise<SeededBooking> {
  const id = randomUUID()
  const normal = normalisePlate(plate)
  if (!normal.ok) throw new Error(`no plate: ${plate}`)
  const row = newRowOf({
    id: bookingId(id),
    station: stationNo(42),
    state: 'active',
    rev,
    version: rev,
    windowStart,
    expires: instant(windowStart + 6 * slotMs),
    vehicleClass: 'auto',
    nozzle: 'ngv1',
    grams: grams(4_000),
    plate: normal.value,
    driverName: undefined,
    retestDay,
    paymentMode: 'pump',
    paid: noPaise,
    channel: 'app',
    driver: undefined,
    vehicle: undefined,
    holdUntil: undefined,
    work: milliMinutes(3_000),
    price: paisePerKg(8_950),
    proof: undefined,
    requestKey: undefined,
    createdAt: instant(windowStart - 20 * slotMs),
  })
  await databaseOf(pool).insert(booking).values(row)
  return { id, token: press.print({ booking: id, windowStart, plate, retestDay }) }
}
