import type { OpCode } from './op-effects.ts'
import type { Known } from './known.ts'
import { record, type Rule } from './rule.ts'
import type { OpBodies } from './station-op.ts'

/**
 * Sold at the kiosk from the station's own share: a fact, since the driver holds its token. It
 * claims no capacity of the cloud's. The same booking again, after a restored ledger sent its
 * history anew, changes nothing.
 */
export const bookingMade: Rule<'booking.made'> = (op, known) => {
  const { booking } = op.body
  const row = known.bookings.get(booking)
  if (row !== undefined && row.stationNo === known.stationNo) return { effects: [] }
  if (row !== undefined) {
    return { effects: [], flag: 'booking_elsewhere', about: { booking, detail: op.body.plate } }
  }
  const flag = saleConflict(op.body, known)
  const effects = [record(op, null)]
  if (flag === undefined) return { effects }
  return { effects, flag, about: { booking, detail: detailOf(op.body, known) } }
}

function saleConflict(
  { fence, plate }: OpBodies['booking.made'],
  { leaseFence, livePlates }: Known,
): OpCode | undefined {
  if (fence < leaseFence) return 'old_fence'
  return livePlates.has(plate) ? 'vehicle_has_booking' : undefined
}

function detailOf({ fence, plate }: OpBodies['booking.made'], { leaseFence }: Known): string {
  return fence < leaseFence ? `sold under fence ${fence} of ${leaseFence}` : plate
}

/** The lease itself moves by its requests; the stream keeps the record of every change. */
export const leaseGranted: Rule<'lease.granted'> = () => ({ effects: [] })
export const leaseReturned: Rule<'lease.returned'> = () => ({ effects: [] })

/** The station does not reckon with this booking: a person decides. */
export const leaseClaimRefused: Rule<'lease.claim_refused'> = (op) => {
  const { booking, fence, currentFence } = op.body
  const detail = `sold under fence ${fence} of ${currentFence}`
  return { effects: [], flag: 'old_fence', about: { booking, detail } }
}
