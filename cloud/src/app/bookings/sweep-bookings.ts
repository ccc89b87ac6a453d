import { nextBookingState, type BookingEvent } from '@baari/shared/domain/booking/booking-state'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { BookingId } from '@baari/shared/units/names'
import { after, before, type Instant } from '@baari/shared/units/time'
import type { Booking, BookingChange } from '../../domain/booking/booking.ts'
import {
  cancelFinalAfter,
  capacityReleasedAfter,
  provisionalNoShowAfter,
  vendorAnswerTime,
} from '../../domain/booking/sale-rules.ts'
import type { DueQuery, SaleBook, SaleTx } from '../../ports/sales.ts'
import { finalCancel } from './cancel-booking.ts'
import { cellsOf } from './cells-of.ts'

export type SweepDeps = { readonly book: SaleBook; readonly clock: Clock }

/** Bookings one run of a job may touch; what is left waits for the next run. */
export const sweepBatch = 200

type Job = {
  readonly due: (now: Instant) => Omit<DueQuery, 'limit'>
  readonly act: (tx: SaleTx, id: BookingId, now: Instant) => Promise<boolean>
}

/** Everything that happens to a booking because time has passed, and who may touch it. */
const jobs: readonly Job[] = [
  {
    due: (now) => ({ states: ['held'], column: 'holdUntil', before: now }),
    act: (tx, id, now) =>
      step(tx, id, { event: { kind: 'hold_ended' }, holdUntil: after(now, vendorAnswerTime) }),
  },
  {
    due: (now) => ({ states: ['expiring'], column: 'holdUntil', before: now }),
    act: (tx, id) => step(tx, id, { event: { kind: 'lapsed' }, giveBack: true }),
  },
  {
    due: (now) => ({
      states: ['cancel_pending'],
      column: 'expires',
      before: before(now, cancelFinalAfter),
    }),
    act: async (tx, id) => (await finalCancel(tx, id)) !== undefined,
  },
  {
    due: (now) => ({
      states: ['active', 'confirmed', 'cancel_pending', 'no_show'],
      column: 'windowStart',
      before: before(now, capacityReleasedAfter),
      keepingCapacity: true,
    }),
    act: releaseUnused,
  },
  {
    due: (now) => ({
      states: ['active', 'confirmed'],
      column: 'expires',
      before: before(now, provisionalNoShowAfter),
    }),
    act: (tx, id) => step(tx, id, { event: { kind: 'validity_ended' } }),
  },
]

/**
 * Moves what is due: holds end, unacknowledged cancels become final, unused capacity goes back at
 * s+10, forgotten bookings become a provisional no-show. Bounded; any number of processes may
 * sweep at once, since each change is a compare-and-swap. Returns how many bookings moved.
 */
export async function sweepBookings({ book, clock }: SweepDeps): Promise<number> {
  const now = clock.now()
  let moved = 0
  for (const { due, act } of jobs) {
    for (const id of await book.due({ ...due(now), limit: sweepBatch })) {
      const done = await book.transact(async (tx) =>
        (await act(tx, id, now)) ? ok(true) : err(refusal('booking_final')),
      )
      if (done.ok) moved += 1
    }
  }
  return moved
}

type Step = {
  readonly event: BookingEvent
  readonly holdUntil?: Instant
  readonly giveBack?: boolean
}

async function step(tx: SaleTx, id: BookingId, { event, ...rest }: Step): Promise<boolean> {
  const booking = await lockedBooking(tx, id)
  const next = booking && nextBookingState(booking.state, event)
  if (!next?.ok || next.value.state === booking?.state) return false
  const change: BookingChange = { state: next.value.state, holdUntil: rest.holdUntil }
  if (booking === undefined || !(await tx.bookings.change(booking, change))) return false
  if (rest.giveBack === true) await tx.cells.giveBack(id)
  return true
}

const unused = new Set<Booking['state']>(['active', 'confirmed', 'cancel_pending', 'no_show'])

async function releaseUnused(tx: SaleTx, id: BookingId): Promise<boolean> {
  const booking = await lockedBooking(tx, id)
  if (booking === undefined || !unused.has(booking.state)) return false
  await tx.cells.giveBack(id)
  return true
}

async function lockedBooking(tx: SaleTx, id: BookingId): Promise<Booking | undefined> {
  const found = await tx.bookings.find(id)
  if (found === undefined) return undefined
  await tx.cells.lock(cellsOf(found))
  return tx.bookings.find(id)
}
