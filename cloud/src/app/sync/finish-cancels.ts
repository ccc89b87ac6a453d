import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { bookingId } from '@baari/shared/units/names'
import type { SaleBook } from '../../ports/sales.ts'
import { finalCancel } from '../bookings/cancel-booking.ts'

/**
 * Makes acknowledged cancels final, each in a transaction of its own: capacity goes back once. One
 * that is not pending any more is left as it is; one that fails becomes final when its token ends,
 * and the station's batch, which is committed, is acknowledged all the same.
 */
export function finishCancels(
  book: Pick<SaleBook, 'transact'>,
  onFault: (error: unknown) => void,
): (bookings: readonly string[]) => Promise<void> {
  return async (bookings) => {
    for (const id of bookings) await finishOne(book, id).catch(onFault)
  }
}

async function finishOne(book: Pick<SaleBook, 'transact'>, id: string): Promise<void> {
  await book.transact(async (tx) => {
    const ended = await finalCancel(tx, bookingId(id))
    return ended === undefined ? err(refusal('booking_final')) : ok(ended)
  })
}
