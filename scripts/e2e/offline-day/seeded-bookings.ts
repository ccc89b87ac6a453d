import { istDay, slotMs, slotStart } from '@baari/shared/units/ist-calendar'
import { dayNumber, instant, type Instant } from '@baari/shared/units/time'
import { present } from '@baari/shared/faults/assert'
import { seedBookings, type BookingSeed, type SeededBooking } from '../../clients/seed-bookings.ts'
import type { TokenPress } from '../../clients/token-press.ts'

export type SeededBookings = {
  readonly inWindow: SeededBooking
  readonly atTwoLanes: SeededBooking
  readonly late: SeededBooking
  readonly over: SeededBooking
  readonly oldCylinder: SeededBooking
  /** Re-timed: the row has revision 2, the token shown is the first one. */
  readonly superseded: SeededBooking
}

/** How many rows the station must know before the line may break. */
export const seededCount = 6

/** Bookings of the last hour whose windows lie around now, in every state the day needs. */
export async function seedAroundNow(
  databaseUrl: string,
  press: TokenPress,
): Promise<SeededBookings> {
  const now = instant(Date.now())
  const slotsAgo = (slots: number): Instant => instant(slotStart(now) - slots * slotMs)
  const yesterday = dayNumber(istDay(now) - 1)
  const seeds: readonly BookingSeed[] = [
    { plate: 'GJ01SD0001', windowStart: slotsAgo(0) },
    { plate: 'GJ01SD0002', windowStart: slotsAgo(0) },
    { plate: 'GJ01SD0003', windowStart: slotsAgo(3) },
    { plate: 'GJ01SD0004', windowStart: slotsAgo(8) },
    { plate: 'GJ01SD0005', windowStart: slotsAgo(0), retestDay: yesterday },
    { plate: 'GJ01SD0006', windowStart: slotsAgo(0), rev: 2 },
  ]
  const made = await seedBookings({ databaseUrl, press }, seeds)
  const at = (index: number): SeededBooking => present(made[index], `seeded booking ${index}`)
  return {
    inWindow: at(0),
    atTwoLanes: at(1),
    late: at(2),
    over: at(3),
    oldCylinder: at(4),
    superseded: at(5),
  }
}
