import { tokenValidity } from '@baari/shared/domain/slots/windows'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { BookingId } from '@baari/shared/units/names'
import { after, instant, type Instant } from '@baari/shared/units/time'
import type { Booking, BookingChange } from '../../domain/booking/booking.ts'
import { retimable } from '../../domain/booking/retime.ts'
import type { RetimeTx } from '../../ports/retimes.ts'
import type { SaleOdds } from '../../ports/sales.ts'
import { hoursAround } from '@baari/shared/domain/slots/rolling-share'
import { proveBooking, type ProofParts } from './prove-booking.ts'
import { takeCapacity, type StationFacts } from './take-capacity.ts'

export type MoveParts = ProofParts & {
  readonly station: StationFacts
  readonly odds: SaleOdds
  readonly now: Instant
}

export type Move = { readonly id: BookingId; readonly to: Instant }

/**
 * Moves a booking to another window in the caller's transaction: minutes of the old one go back,
 * those of the new one are taken by the judgements of a sale, the token becomes the next revision and
 * the old one is denied. Cells of both windows are locked first, in ascending order like everywhere.
 * Refuses with booking_unknown, booking_final, window_full or nothing_lent; then nothing has moved.
 */
export async function moveBooking(
  parts: MoveParts,
  tx: RetimeTx,
  { id, to }: Move,
): Promise<Result<Booking, Refusal>> {
  const seen = await tx.bookings.find(id)
  if (seen === undefined) return err(refusal('booking_unknown'))
  await lockBoth(tx, seen, to)
  const booking = await tx.bookings.find(id)
  if (booking === undefined) return err(refusal('booking_unknown'))
  if (!retimable.has(booking.state)) return err(refusal('booking_final', { state: booking.state }))
  await tx.cells.giveBack(id)
  const draft: Booking = {
    ...booking,
    windowStart: to,
    expires: after(to, tokenValidity),
    rev: booking.rev + 1,
  }
  const { station, odds, now } = parts
  const taken = await takeCapacity(tx, { draft, station, odds, now, share: 'moved' })
  if (!taken.ok) return taken
  const proof = await proveBooking(parts, tx, draft)
  if (!proof.ok) return proof
  const { plan, work, lease } = taken.value
  const { rev, windowStart, expires, state } = draft
  const moved = { rev, windowStart, expires, work, lease }
  const change: BookingChange = { state, proof: proof.value, moved }
  if (!(await tx.bookings.change(booking, change))) return err(refusal('booking_final', { state }))
  await tx.keepTaken(draft, plan)
  await tx.bookings.deny(booking, { minRev: rev, reason: 're-timed' })
  return ok({ ...booking, ...moved, proof: proof.value, version: booking.version + 1 })
}

async function lockBoth(tx: RetimeTx, { station, windowStart }: Booking, to: Instant) {
  const [one, other] = [hoursAround(windowStart), hoursAround(to)]
  const from = instant(Math.min(one.from, other.from))
  await tx.cells.lock({ station, from, to: instant(Math.max(one.to, other.to)) })
}
