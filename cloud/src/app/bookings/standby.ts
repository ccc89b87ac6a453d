import { nextBookingState } from '@baari/shared/domain/booking/booking-state'
import { noCapacity, plus } from '@baari/shared/domain/lease/capacity'
import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import { spanOf } from '@baari/shared/domain/slots/shown-room'
import { takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import { remoteSaleEdge } from '@baari/shared/domain/slots/windows'
import { isCut } from '@baari/shared/domain/slots/supply-cut'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { after, before } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import { messageGoodFor } from '../../domain/booking/retime.ts'
import { answerUntil, askedAgainAfter, type StandbyAnswer } from '../../domain/booking/standby.ts'
import type { SaleOdds } from '../../ports/sales.ts'
import type { Waitlist, WaitlistTx } from '../../ports/waitlist.ts'
import type { OwnBooking } from './confirm-hold.ts'
import {
  draftOf,
  withinLimits,
  type BookingWish,
  type Draft,
  type SaleDeps,
} from './make-booking.ts'
import { proveBooking } from './prove-booking.ts'
import { oddsOf, takeCapacity } from './take-capacity.ts'

export type StandbyDeps = SaleDeps & { readonly waitlist: Waitlist }

/** Bookings one run looks at; what is left waits for the next run. */
const perRun = 200

/**
 * Puts a vehicle on the waiting list of a window; it holds nothing until it accepts an offer.
 * Refuses as a sale does, and with vehicle_has_booking when it is on a list already.
 */
export async function joinWaitlist(
  deps: StandbyDeps,
  wish: BookingWish,
): Promise<Result<Booking, Refusal>> {
  const draft = await draftOf(deps, { ...wish, hold: false })
  if (!draft.ok) return draft
  const waiting: Booking = { ...draft.value.draft, state: 'waitlisted' }
  const joined = await deps.waitlist.transact(async (tx): Promise<Result<Booking, Refusal>> => {
    const fair = await withinLimits(tx, { wish, now: deps.clock.now() })
    if (!fair.ok) return fair
    return (await tx.join(waiting)) ? ok(waiting) : err(refusal('vehicle_has_booking'))
  })
  // Whoever waits is counted when the wait was in vain, and not as turned away as well.
  if (joined.ok) await deps.unmet.met(wish)
  return joined
}

/**
 * Accept, snooze or leave. Accepting takes what the window has now; a refusal leaves the offer open.
 * Refuses with booking_unknown, offer_over, window_full or vehicle_has_booking.
 */
export async function answerOffer(
  deps: StandbyDeps,
  { id, driver, answer }: OwnBooking & { readonly answer: StandbyAnswer },
): Promise<Result<Booking, Refusal>> {
  const booking = await deps.book.find(id)
  if (booking === undefined || booking.driver !== driver) return err(refusal('booking_unknown'))
  const [station, classMinutes, codeSecret] = await Promise.all([
    deps.stations.find(booking.station),
    deps.stations.classMinutes(booking.station),
    deps.stations.codeSecret(booking.station),
  ])
  if (station === undefined || codeSecret === undefined) return err(refusal('station_unknown'))
  const now = deps.clock.now()
  const odds = await oddsOf(deps.book, { draft: booking, now })
  const facts = { positions: station.positions, classMinutes }
  return deps.waitlist.transact(async (tx) => {
    const offer = await tx.openOffer(id)
    if (offer === undefined || now >= answerUntil(offer)) return err(refusal('offer_over'))
    await tx.answer(offer.id, answer, now)
    if (answer === 'accept') {
      return accept(deps, tx, { draft: booking, codeSecret, station: facts, odds })
    }
    return answer === 'leave' ? moved(tx, booking, 'cancelled') : ok(booking)
  })
}

async function accept(
  { issuer, clock }: StandbyDeps,
  tx: WaitlistTx,
  { draft, codeSecret, station, odds }: Draft & { readonly odds: SaleOdds },
): Promise<Result<Booking, Refusal>> {
  const taken = await takeCapacity(tx, { draft, station, odds, now: clock.now() })
  if (!taken.ok) return taken
  const proof = await proveBooking({ issuer, codeSecret }, tx, draft)
  if (!proof.ok) return proof
  const step = nextBookingState(draft.state, { kind: 'offer_taken' })
  if (!step.ok) return step
  const { work, lease } = taken.value
  const { state } = step.value
  const booking: Booking = { ...draft, state, work, lease, proof: proof.value }
  return (await tx.takeUp(booking, taken.value))
    ? ok({ ...booking, version: booking.version + 1 })
    : err(refusal('vehicle_has_booking'))
}

async function moved(
  tx: WaitlistTx,
  booking: Booking,
  kind: 'cancelled' | 'lapsed',
): Promise<Result<Booking, Refusal>> {
  const step = nextBookingState(booking.state, { kind })
  if (!step.ok) return step
  const { state } = step.value
  return (await tx.bookings.change(booking, { state }))
    ? ok({ ...booking, state, version: booking.version + 1 })
    : err(refusal('booking_final', { state: booking.state }))
}

/**
 * What is due on the waiting list: offers nobody answered are over and their vehicles stay on the
 * list, windows no remote channel sells any more end, and the next of each window with room is asked.
 * Any number of processes may run it: each step is unique or a compare-and-swap.
 */
export async function runWaitlist(deps: StandbyDeps): Promise<number> {
  const { waitlist, clock } = deps
  const now = clock.now()
  for (const { id, ...offer } of await waitlist.open(perRun)) {
    if (now < answerUntil(offer)) continue
    await waitlist.transact(async (tx) => ok(await tx.answer(id, 'lapsed', now)))
  }
  for (const late of await waitlist.tooLate(after(now, remoteSaleEdge), perRun)) {
    await waitlist.transact(async (tx) => {
      const offer = await tx.openOffer(late.id)
      if (offer !== undefined) await tx.answer(offer.id, 'lapsed', now)
      return moved(tx, late, 'lapsed')
    })
  }
  let offered = 0
  const askedBefore = before(now, askedAgainAfter)
  for (const waiting of await waitlist.next({ askedBefore, limit: perRun })) {
    if (await offerTo(deps, waiting)) offered += 1
  }
  return offered
}

/** Offers the window if what it has left would take the vehicle. */
async function offerTo(
  { waitlist, book, stations, ids, clock }: StandbyDeps,
  waiting: Booking,
): Promise<boolean> {
  const { id, station, windowStart, vehicleClass, grams: gas } = waiting
  if ((await book.term(station)) === undefined) return false
  const cut = await stations.supplyCut(station)
  if (cut !== undefined && isCut(cut, windowStart)) return false
  const times = await stations.classMinutes(station)
  const need = { work: bookedWork(times[vehicleClass], showProbability), gas }
  const range = { station, from: windowStart, to: after(windowStart, takingSpan) }
  const free = spanOf(await book.freeCells(range), windowStart).reduce(plus, noCapacity)
  if (free.work < need.work || free.gas < need.gas) return false
  const [booking, sentAt] = [id, clock.now()]
  const offer = { id: ids.uuid(), booking, station, windowStart, need, sentAt }
  const message = { id: ids.uuid(), expiresAt: after(sentAt, messageGoodFor) }
  return waitlist.offer({ ...offer, deliveredAt: undefined }, message)
}
