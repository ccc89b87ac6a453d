import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { BookingId, VehicleClass } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** Shorter texts match half the day and show people's data for nothing. */
const textMin = 4

export type BookingFound = {
  readonly booking: BookingId
  readonly plate: string
  readonly driverName: string | null
  readonly vehicleClass: VehicleClass
  readonly windowStartMs: Instant
  readonly state: string
  readonly redeemed: boolean
}

/** Bookings by plate tail, code tail or part of the name, whatever the case; at most twenty. */
export function searchBookings(
  tx: Pick<LedgerTx, 'bookings' | 'checkIns'>,
  { text }: { readonly text: string },
  _context: CommandContext,
): readonly BookingFound[] {
  const wanted = text.trim().replaceAll(/\s+/g, '')
  if (wanted.length < textMin) return []
  return tx.bookings.search(wanted).map((row) => ({
    booking: row.id,
    plate: row.plate,
    driverName: row.driver_name,
    vehicleClass: row.vehicle_class,
    windowStartMs: row.window_start_ms,
    state: row.state,
    redeemed: tx.checkIns.ofBooking(row.id).some(({ state }) => state === 'redeemed'),
  }))
}
