import {
  backlogEnd,
  endangered,
  nearestWithRoom,
  retimeAhead,
  retimeLead,
  windowsAround,
} from '@baari/shared/domain/slots/retime'
import { takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { BookingId } from '@baari/shared/units/names'
import { after, instant, millis, type Instant } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import {
  lastAnswer,
  mayBeOffered,
  messageGoodFor,
  type RetimeAnswer,
  type RetimeCause,
  type RetimeOffer,
} from '../../domain/booking/retime.ts'
import type { OverStation, Retimes, RetimeTx } from '../../ports/retimes.ts'
import type { CellLoads } from '../../ports/sales.ts'
import type { OwnBooking } from './confirm-hold.ts'
import type { SaleDeps } from './make-booking.ts'
import { moveBooking, type MoveParts } from './move-booking.ts'
import { oddsOf } from './take-capacity.ts'

export type RetimeDeps = SaleDeps & { readonly retimes: Retimes }

/** Stations one run looks at, and bookings it tells; what is left waits for the next run. */
const stationsPerRun = 50
const toldPerRun = 50
const openPerRun = 500

/**
 * What is due of re-timing: offers nobody answered are over and leave their bookings as they were,
 * and bookings that no longer fit are told, the latest sale first. Any number of processes may run
 * it: an offer is unique and its answer a compare-and-swap. Returns how many were told.
 */
export async function runRetimes(deps: RetimeDeps): Promise<number> {
  await endOffers(deps)
  const now = deps.clock.now()
  const span = { from: now, to: after(after(now, retimeAhead), takingSpan) }
  let told = 0
  for (const station of await deps.retimes.overCells({ ...span, limit: stationsPerRun })) {
    told += await tellStation(deps, station, now)
  }
  return told
}

async function endOffers({ book, retimes, clock }: RetimeDeps): Promise<void> {
  const now = clock.now()
  for (const { id, ...offer } of await retimes.open(openPerRun)) {
    if (now < lastAnswer(offer)) continue
    const booking = await book.find(offer.booking)
    await retimes.transact(async (tx) => {
      if (!(await tx.answerRetime(id, 'lapsed', now))) return ok(undefined)
      if (booking !== undefined) await refundIfCut(tx, { booking, cause: offer.cause, now })
      return ok(undefined)
    })
  }
}

async function tellStation(
  deps: RetimeDeps,
  { station, over }: OverStation,
  now: Instant,
): Promise<number> {
  const range = { station, from: after(now, retimeLead), to: after(now, retimeAhead) }
  const latestFirst = await deps.retimes.committed(range)
  const waiting = endangered(latestFirst, over, now).filter(({ open, told }) => !open && !told)
  let told = 0
  for (const { id, stays } of waiting.slice(0, toldPerRun)) {
    const another = { cause: 'capacity' } as const
    if (await (stays ? tellNotice(deps, id, another) : offerAnother(deps, id, another))) told += 1
  }
  return told
}

export type Another = {
  readonly cause: RetimeCause
  /** Where the search begins; the backlog of the station or s−15 where that is later. */
  readonly notBefore?: Instant
}

/**
 * Offers the nearest later window with room, past the work the station is behind with; where none
 * has room the driver is told that. False when it may not be offered any more.
 */
export async function offerAnother(
  deps: RetimeDeps,
  id: BookingId,
  { cause, notBefore }: Another,
): Promise<RetimeOffer | undefined> {
  const booking = await deps.book.find(id)
  if (booking === undefined) return undefined
  const to = await windowFor(deps, booking, notBefore)
  // A driver who is late is not told what nobody can offer: the token stays valid longer.
  if (to === undefined && cause === 'late') return undefined
  return makeOffer(deps, { booking, cause, to })
}

export type OfferDeps = Pick<RetimeDeps, 'book' | 'clock' | 'ids' | 'retimes'>

/** Only tells: the booking was offered another window as often as it may be, or none has room. */
export async function tellNotice(
  deps: OfferDeps,
  id: BookingId,
  { cause }: Another,
): Promise<RetimeOffer | undefined> {
  const booking = await deps.book.find(id)
  return booking && makeOffer(deps, { booking, cause, to: undefined })
}

type Made = {
  readonly booking: Booking
  readonly cause: RetimeCause
  readonly to: Instant | undefined
}

async function makeOffer(
  { clock, ids, retimes }: OfferDeps,
  { booking, cause, to }: Made,
): Promise<RetimeOffer | undefined> {
  const { id, station, windowStart: from, work, grams: gas } = booking
  const sentAt = clock.now()
  const fresh = { id: ids.uuid(), booking: id, sentAt, deliveredAt: undefined }
  const offer: RetimeOffer = { ...fresh, ...{ station, cause, from, to, need: { work, gas } } }
  const made = await retimes.transact(async (tx) => {
    const before = to === undefined ? 0 : await tx.countRetimes(id)
    if (!mayBeOffered(booking, before)) return err(refusal('retimes_used'))
    if (!(await tx.offer(offer, after(sentAt, messageGoodFor)))) return err(refusal('retimes_used'))
    if (to === undefined) await refundIfCut(tx, { booking, cause, now: sentAt })
    return ok(offer)
  })
  return made.ok ? made.value : undefined
}

type Unmoved = {
  readonly booking: Booking
  readonly cause: RetimeCause
  readonly now: Instant
}

/** Paid ahead for a window without gas, and not moved: the money is marked to go back, once. */
async function refundIfCut(tx: RetimeTx, { booking, cause, now }: Unmoved): Promise<void> {
  if (cause === 'supply' && booking.paid > 0) await tx.markRefund(booking, now)
}

async function windowFor(
  { book, retimes, clock }: RetimeDeps,
  { station, windowStart, work, grams: gas }: Booking,
  notBefore: Instant | undefined,
): Promise<Instant | undefined> {
  const now = clock.now()
  const reach = millis(retimeAhead + Math.max(0, (notBefore ?? windowStart) - windowStart))
  const range = { station, from: now, to: after(after(windowStart, reach), takingSpan) }
  const [cells, kept] = await Promise.all([book.freeCells(range), retimes.kept(range)])
  const clear = notBefore ?? backlogOf(await retimes.loads(range), now)
  const earliest = Math.max(clear, after(now, retimeLead), windowStart + 1)
  const windows = windowsAround(windowStart, { notBefore: instant(earliest), within: reach })
  return nearestWithRoom(windows, { work, gas }, { cells, kept })
}

function backlogOf(loads: readonly CellLoads[], now: Instant): Instant {
  const cells = loads.map(({ start, sold, granted }) => ({
    ...{ start, arriving: sold.work, capacity: granted.work },
  }))
  return backlogEnd(cells, now)
}

export type AnswerRetime = OwnBooking & { readonly answer: RetimeAnswer }

/**
 * The driver's answer. Accepting moves minutes, token and code to the other window in one
 * transaction; where its minutes are gone meanwhile nothing has happened and the offer stays open.
 * Refuses with booking_unknown, offer_over, window_full, nothing_lent or booking_final.
 */
export async function answerRetime(
  deps: RetimeDeps,
  { id, driver, answer }: AnswerRetime,
): Promise<Result<Booking, Refusal>> {
  const found = await deps.book.find(id)
  if (found === undefined || found.driver !== driver) return err(refusal('booking_unknown'))
  const parts = await movePartsOf(deps, found)
  if (parts === undefined) return err(refusal('station_unknown'))
  return deps.retimes.transact(async (tx) => {
    const now = deps.clock.now()
    const offer = await tx.openRetime(id)
    if (offer?.to === undefined || now >= lastAnswer(offer)) return err(refusal('offer_over'))
    await tx.answerRetime(offer.id, answer, now)
    if (answer === 'decline') {
      await refundIfCut(tx, { booking: found, cause: offer.cause, now })
      return ok(found)
    }
    return moveBooking(parts, tx, { id, to: offer.to })
  })
}

async function movePartsOf(deps: RetimeDeps, booking: Booking): Promise<MoveParts | undefined> {
  const { stations, book, clock, issuer } = deps
  const [view, classMinutes, codeSecret] = await Promise.all([
    stations.find(booking.station),
    stations.classMinutes(booking.station),
    stations.codeSecret(booking.station),
  ])
  if (view === undefined || codeSecret === undefined) return undefined
  const now = clock.now()
  const odds = await oddsOf(book, { draft: booking, now })
  const station = { positions: view.positions, classMinutes }
  return { issuer, codeSecret, station, odds, now }
}
