import { codePlaces, codeSlots, freeCodePlace } from '@baari/shared/domain/slots/code-place'
import type { Refusal } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { Booking, Proof } from '../../domain/booking/booking.ts'
import type { SaleTx } from '../../ports/sales.ts'
import type { TokenIssuer } from '../../ports/token-issuer.ts'

export type ProofParts = {
  readonly issuer: TokenIssuer
  /**
   * K_station, read before the transaction: whoever holds one connection of the pool must not wait
   * for a second, or a full pool waits for itself.
   */
  readonly codeSecret: Uint8Array
}

/**
 * Token and code of a booking that becomes valid. The caller holds the locks of the window's cells,
 * so no two sales of a window count its codes at the same time; the unique index is the net.
 */
export async function proveBooking(
  { issuer, codeSecret }: ProofParts,
  tx: SaleTx,
  booking: Booking,
): Promise<Result<Proof, Refusal>> {
  const used = await tx.bookings.usedCodes(booking.station, codeSlots(booking.windowStart))
  const place = freeCodePlace(codePlaces(booking.windowStart, 'cloud'), used)
  if (!place.ok) return place
  const code = issuer.code(place.value, codeSecret)
  return ok({ token: issuer.token(booking), code, codePlace: place.value })
}
