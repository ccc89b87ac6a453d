import { expiryFor } from '@baari/shared/domain/eta/eta-validity'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { instant, type Instant } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import { retimable } from '../../domain/booking/retime.ts'
import type { SaleTx } from '../../ports/sales.ts'
import type { TokenIssuer } from '../../ports/token-issuer.ts'
import { cellsOf } from './cells-of.ts'

/** A token's dates are whole seconds. */
const secondMs = 1_000

/**
 * Keeps the token of a driver who comes until `latest`, by the rule of `expiryFor`. The token is signed
 * anew with its later end, under the same revision: a station without a link takes the later of token
 * and row, and the old picture of the QR stays good as long as it said. Refuses with booking_final.
 */
export async function keepLonger(
  { tx, issuer }: { readonly tx: SaleTx; readonly issuer: TokenIssuer },
  found: Booking,
  latest: Instant,
): Promise<Result<Booking, Refusal>> {
  await tx.cells.lock(cellsOf(found))
  const booking = (await tx.bookings.find(found.id)) ?? found
  const { state, windowStart: start, proof } = booking
  if (!retimable.has(state)) return err(refusal('booking_final', { state }))
  const until = expiryFor({ start, expires: booking.expires }, latest)
  const expires = instant(Math.ceil(until / secondMs) * secondMs)
  if (expires <= booking.expires) return ok(booking)
  const kept = { ...booking, expires }
  const signed = proof && { ...proof, token: issuer.token(kept) }
  const change = { state, expires, ...(signed !== undefined && { proof: signed }) }
  return (await tx.bookings.change(booking, change))
    ? ok({ ...kept, proof: signed, version: booking.version + 1 })
    : err(refusal('booking_final', { state }))
}
