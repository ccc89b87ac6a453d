import {
  joinFacts,
  stateOfFacts,
  type BookingFacts,
} from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { Known } from './known.ts'
import type { OpEffect } from './op-effects.ts'

/** States in which the cloud expects nobody (any more): a check-in then is a contradiction. */
export const notExpected: ReadonlySet<BookingState> = new Set([
  'waitlisted',
  'held',
  'expiring',
  'expired',
  'no_show',
  'cancelled',
  'cancel_pending',
])

/**
 * A station's fact joins the booking's set, and the state follows from the set (sync.md section
 * 2), so a check-in lifts an ended booking too. A booking of another station keeps its state: the
 * fact is on the conflict list and a person decides.
 */
export function moveBooking(
  known: Known,
  booking: string | null,
  fact: BookingFacts,
): readonly OpEffect[] {
  const row = booking === null ? undefined : known.bookings.get(booking)
  if (booking === null || row === undefined || row.stationNo !== known.stationNo) return []
  const facts = joinFacts(row.facts, fact)
  return [{ kind: 'booking', booking, facts, state: stateOfFacts(facts) ?? row.state }]
}
