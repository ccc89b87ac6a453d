import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Booking, Proof } from '../../domain/booking/booking.ts'
import { codeSlots, freeCodePlace } from '../../domain/booking/code-place.ts'
import type { SaleTx } from '../../ports/sales.ts'
import type { Stations } from '../../ports/stations.ts'
import type { TokenIssuer } from '../../ports/token-issuer.ts'

type ProofDeps = { readonly stations: Stations; readonly issuer: TokenIssuer }

/**
 * Token and code of a booking that becomes valid. The caller holds the locks of the window's cells,
 * so no two sales of a window count its codes at the same time; the unique index is the net.
 */
export async function proveBooking(
  { stations, issuer }: ProofDeps,
  tx: SaleTx,
  booking: Booking,
): Promise<Result<Proof, Refusal>> {
  const secret = await stations.codeSecret(booking.station)
  if (secret === undefined) return err(refusal('station_unknown', { station: booking.station }))
  const used = await tx.bookings.usedCodes(booking.station, codeSlots(booking.windowStart))
  const place = freeCodePlace(booking.windowStart, used)
  if (!place.ok) return place
  const code = issuer.code(place.value, secret)
  return ok({ token: issuer.token(booking), code, codePlace: place.value })
}
