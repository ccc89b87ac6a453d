import { randomUUID } from 'node:crypto'
import { newRowOf } from '@baari/cloud/adapters/postgres/booking-record'
import { databaseOf } from '@baari/cloud/adapters/postgres/database'
import { booking } from '@baari/cloud/adapters/postgres/schema/bookings'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { noPaise } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { dayNumber, instant, type DayNumber, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import pg from 'pg'
import { demoPrice, demoStation } from '../dev/world/seed.ts'
import type { TokenPress } from './token-press.ts'

export type BookingSeed = {
  readonly plate: string
  readonly windowStart: Instant
  /** Revision of the row; the token shown is always the first one. */
  readonly rev?: number
  readonly retestDay?: DayNumber
}

/** A booking in the cloud's book, and the token its driver shows. */
export type SeededBooking = { readonly id: string; readonly token: string }

const rowsPerInsert = 500
const farRetestDay = dayNumber(25_000)

/**
 * Bookings whose windows lie around now, in the order asked. The cloud sells no window that starts
 * within fifteen minutes (product.md 7.2), so these stand for sales of the last hour: written into
 * its book as the sale would have left them, and from there they reach the station like any other.
 */
export async function seedBookings(
  { databaseUrl, press }: { readonly databaseUrl: string; readonly press: TokenPress },
  seeds: readonly BookingSeed[],
): Promise<readonly SeededBooking[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  try {
    const made = seeds.map((seed) => ({ seed, id: randomUUID() }))
    const rows = made.map(({ seed, id }) => rowOf(seed, id))
    for (let from = 0; from < rows.length; from += rowsPerInsert) {
      await databaseOf(pool)
        .insert(booking)
        .values(rows.slice(from, from + rowsPerInsert))
    }
    return made.map(({ seed: { plate, windowStart, retestDay = farRetestDay }, id }) => ({
      id,
      token: press.print({ booking: id, windowStart, plate, retestDay }),
    }))
  } finally {
    await pool.end()
  }
}

function rowOf(
  { plate, windowStart, rev = 1, retestDay = farRetestDay }: BookingSeed,
  id: string,
): ReturnType<typeof newRowOf> {
  const normal = normalisePlate(plate)
  if (!normal.ok) throw new Error(`no plate: ${plate}`)
  return newRowOf({
    id: bookingId(id),
    station: stationNo(demoStation.no),
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
    price: demoPrice,
    lease: undefined,
    proof: undefined,
    requestKey: undefined,
    createdAt: instant(windowStart - 20 * slotMs),
  })
}
