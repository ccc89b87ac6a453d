import { nextBookingState } from '@baari/shared/domain/booking/booking-state'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { BookingId } from '@baari/shared/units/names'
import type { Booking } from '../../domain/booking/booking.ts'
import type { SaleBook, SaleTx } from '../../ports/sales.ts'
import { cellsOf } from './cells-of.ts'
import type { OwnBooking } from './confirm-hold.ts'

/**
 * Cancels at the driver's wish. A hold nobody heard of ends at once and frees its capacity; a valid
 * booking becomes *cancel_pending* and its token is denied, until the station has acknowledged it
 * or the token is over. Asking again is harmless. Refuses with booking_unknown or booking_final.
 */
export async function cancelBooking(
  { book }: { readonly book: SaleBook },
  { id, driver }: OwnBooking,
): Promise<Result<Booking, Refusal>> {
  const found = await book.find(id)
  if (found === undefined || found.driver !== driver) return err(refusal('booking_unknown'))
  return book.transact(async (tx) => {
    await tx.cells.lock(cellsOf(found))
    const booking = (await tx.bookings.find(id)) ?? found
    return holdsNoProof.has(booking.state) ? dropHold(tx, booking) : askCancel(tx, booking)
  })
}

/** Nobody has heard of these yet: they end at once. */
const holdsNoProof: ReadonlySet<Booking['state']> = new Set(['held', 'waitlisted'])

async function dropHold(tx: SaleTx, booking: Booking): Promise<Result<Booking, Refusal>> {
  const ended = await moved(tx, booking, 'cancelled')
  if (ended.ok) await tx.cells.giveBack(booking.id)
  return ended
}

async function askCancel(tx: SaleTx, booking: Booking): Promise<Result<Booking, Refusal>> {
  const asked = await moved(tx, booking, 'cancel_asked')
  if (asked.ok && asked.value.state === 'cancel_pending') {
    await tx.bookings.deny(booking, { minRev: booking.rev + 1, reason: 'cancelled' })
  }
  return asked
}

/**
 * Makes a pending cancel final, in the caller's transaction: the station has acknowledged it, or
 * the token is over. Capacity goes back exactly once. Undefined when the booking is not pending,
 * because a check-in came first or the cancel is final already.
 */
export async function finalCancel(tx: SaleTx, id: BookingId): Promise<Booking | undefined> {
  const found = await tx.bookings.find(id)
  if (found === undefined) return undefined
  await tx.cells.lock(cellsOf(found))
  const booking = await tx.bookings.find(id)
  if (booking?.state !== 'cancel_pending') return undefined
  const ended = await moved(tx, booking, 'cancelled')
  if (!ended.ok) return undefined
  await tx.cells.giveBack(id)
  return ended.value
}

async function moved(
  tx: SaleTx,
  booking: Booking,
  kind: 'cancelled' | 'cancel_asked',
): Promise<Result<Booking, Refusal>> {
  const step = nextBookingState(booking.state, { kind })
  if (!step.ok) return step
  const { state } = step.value
  if (state === booking.state) return ok(booking)
  return (await tx.bookings.change(booking, { state }))
    ? ok({ ...booking, state, version: booking.version + 1 })
    : err(refusal('booking_final', { state: booking.state }))
}
