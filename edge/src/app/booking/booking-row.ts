import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { BookingId } from '@baari/shared/units/names'
import { standingOf } from '../../domain/check-in/booking-standing.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

/** `booking.row`: the row of a booking that still promises something, for its paper. */
export function bookingRow(
  tx: Pick<LedgerTx, 'bookings'>,
  { booking }: { readonly booking: BookingId },
  _context: CommandContext,
): Result<BookingRow, Refusal> {
  const row = tx.bookings.byId(booking)
  if (row === undefined) return err(refusal('booking_unknown'))
  const standing = standingOf({ state: row.state, paymentMode: row.payment_mode })
  return standing === 'over' || standing === 'consumed' ? err(refusal('booking_unknown')) : ok(row)
}
