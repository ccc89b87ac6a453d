import { nextBookingState } from '@baari/shared/domain/booking/booking-state'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { BookingId } from '@baari/shared/units/names'
import type { Booking, BookingChange } from '../../domain/booking/booking.ts'
import { mayConfirm } from '../../domain/booking/sale-rules.ts'
import type { SaleTx } from '../../ports/sales.ts'
import { cellsOf } from './cells-of.ts'
import type { SaleDeps } from './make-booking.ts'
import { proveBooking, type ProofParts } from './prove-booking.ts'

export type OwnBooking = { readonly id: BookingId; readonly driver: string }

/**
 * Turns a running hold into a confirmed booking by compare-and-swap on (id, version). A second
 * confirm finds it confirmed and is answered alike. Refuses with hold_expired, booking_unknown or
 * booking_final.
 */
export async function confirmHold(
  deps: SaleDeps,
  { id, driver }: OwnBooking,
): Promise<Result<Booking, Refusal>> {
  const held = await deps.book.find(id)
  if (held === undefined || held.driver !== driver) return err(refusal('booking_unknown'))
  const codeSecret = await deps.stations.codeSecret(held.station)
  if (codeSecret === undefined) return err(refusal('station_unknown'))
  const parts = { issuer: deps.issuer, codeSecret }
  return deps.book.transact(async (tx) => {
    await tx.cells.lock(cellsOf(held))
    const booking = (await tx.bookings.find(id)) ?? held
    const may = mayConfirm(booking, deps.clock.now())
    if (!may.ok) return may
    return may.value === 'already' ? ok(booking) : confirmInside(parts, tx, booking)
  })
}

async function confirmInside(
  parts: ProofParts,
  tx: SaleTx,
  booking: Booking,
): Promise<Result<Booking, Refusal>> {
  const step = nextBookingState(booking.state, { kind: 'confirmed' })
  if (!step.ok) return step
  const proof = await proveBooking(parts, tx, booking)
  if (!proof.ok) return proof
  const change: BookingChange = {
    state: step.value.state,
    holdUntil: undefined,
    proof: proof.value,
  }
  return (await tx.bookings.change(booking, change))
    ? ok({ ...booking, ...change, version: booking.version + 1 })
    : err(refusal('hold_expired'))
}
