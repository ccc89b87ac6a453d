import { nextBookingState } from '@baari/shared/domain/booking/booking-state'
import { retimeAhead, retimeLead } from '@baari/shared/domain/slots/retime'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import type { BookingId } from '@baari/shared/units/names'
import { after } from '@baari/shared/units/time'
import { retimable } from '../../domain/booking/retime.ts'
import { cellsOf } from './cells-of.ts'
import { tellNotice, type OfferDeps } from './retime.ts'

const perRun = 200

/**
 * Bookings that no position of their station can serve any more, because every one with their nozzle
 * is out (R16): the driver is told at once, and fifteen minutes before the window the booking is
 * cancelled and told again, so that nobody drives to a nozzle that is not there. No strike follows, and
 * the vehicle may still come as a walk-in. Any number of processes may run it.
 */
export async function endImpossible(
  deps: OfferDeps,
): Promise<{ readonly told: number; readonly cancelled: number }> {
  const now = deps.clock.now()
  const span = { from: now, to: after(now, retimeAhead), limit: perRun }
  let [told, cancelled] = [0, 0]
  for (const { id, windowStart, told: before } of await deps.retimes.impossible(span)) {
    const isDue = windowStart <= after(now, retimeLead)
    if (!before || isDue) {
      if (!(await tellNotice(deps, id, { cause: 'capacity' }))) continue
      if (!before) told += 1
    }
    if (before && isDue && (await cancel(deps, id))) cancelled += 1
  }
  return { told, cancelled }
}

async function cancel({ book, retimes }: OfferDeps, id: BookingId): Promise<boolean> {
  const found = await book.find(id)
  if (found === undefined) return false
  const done = await retimes.transact(async (tx) => {
    await tx.cells.lock(cellsOf(found))
    const booking = await tx.bookings.find(id)
    if (booking === undefined || !retimable.has(booking.state)) return err(refusal('booking_final'))
    const step = nextBookingState(booking.state, { kind: 'cancelled' })
    if (!step.ok) return step
    if (!(await tx.bookings.change(booking, { state: step.value.state }))) {
      return err(refusal('booking_final', { state: booking.state }))
    }
    await tx.cells.giveBack(id)
    await tx.bookings.deny(booking, { minRev: booking.rev + 1, reason: 'no nozzle works' })
    return ok(true)
  })
  return done.ok
}
