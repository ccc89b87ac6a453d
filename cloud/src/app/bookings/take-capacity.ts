import { noCapacity } from '@baari/shared/domain/lease/capacity'
import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import {
  fitsNozzles,
  matchSpan,
  withQueue,
  type NozzleClaim,
  type PositionNozzles,
} from '@baari/shared/domain/slots/nozzle-match'
import { overloads, type Expected } from '@baari/shared/domain/slots/overload'
import { planBesideOffers } from '@baari/shared/domain/slots/retime'
import { hoursAround, leavesReserves, withinLot } from '@baari/shared/domain/slots/rolling-share'
import { cohortOf, showOf } from '@baari/shared/domain/slots/show-cohort'
import { takingSpan, type FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { VehicleClass } from '@baari/shared/units/names'
import { after, before, hours, millis, minutes, type Instant } from '@baari/shared/units/time'
import { milliMinutes, perMille, type MilliMinutes } from '@baari/shared/units/work'
import type { Booking } from '../../domain/booking/booking.ts'
import { openChannels } from '../../domain/booking/sale-rules.ts'
import type { TermInForce, TermMark } from '../../ports/leases.ts'
import type {
  BookedNear,
  KeptWindow,
  LentCell,
  SaleBook,
  SaleOdds,
  SaleTx,
} from '../../ports/sales.ts'

/** What the station is, as far as a sale needs to know; read before the transaction. */
export type StationFacts = {
  readonly positions: PositionNozzles
  readonly classMinutes: ClassMinutes
}

export type Taking = {
  readonly draft: Booking
  readonly station: StationFacts
  /** Cohort of the driver and how likely it comes; read before the transaction too. */
  readonly odds: SaleOdds
  readonly now: Instant
  /**
   * Out of which share. `moved`: it had its place in the shares before and takes nothing from those
   * who are kept some; `lot`: within what is given by lot.
   */
  readonly share?: 'open' | 'moved' | 'lot'
}

export type Taken = {
  readonly plan: readonly FreeCell[]
  readonly work: MilliMinutes
  readonly odds: SaleOdds
  readonly lease: TermMark
}

/**
 * Takes what a booking needs, inside the caller's transaction. The cells of every rolling hour the
 * sale can touch are locked first, so that nozzles, reserves and odds are judged by one sale at a
 * time; a window that is full is refused before anything else is read. Refuses with nothing_lent or
 * window_full.
 */
export async function takeCapacity(tx: SaleTx, taking: Taking): Promise<Result<Taken, Refusal>> {
  const { draft } = taking
  const { station: no, windowStart } = draft
  const cells = await tx.cells.lock({ station: no, ...hoursAround(windowStart) })
  const term = await tx.cells.term(no)
  if (term === undefined) return err(refusal('nothing_lent'))
  const likely = planFor(taking, { cells, kept: [] }, taking.odds)
  if (!likely.ok) return likely
  const kept = await tx.cells.keptForOffers({ station: no, ...offersAround(windowStart) }, draft.id)
  if (!planFor(taking, { cells, kept }, taking.odds).ok) {
    return err(refusal('window_full', { offered: 'to somebody who was asked' }))
  }
  const near = await tx.bookings.near({ station: no, ...matchSpan(windowStart) }, draft.id)
  if (!nozzlesFit(taking, near)) return err(refusal('window_full', { nozzle: draft.nozzle }))
  const odds = hourOverloads(taking, { cells, near })
    ? { ...taking.odds, show: perMille(1_000) }
    : taking.odds
  const plan = planFor(taking, { cells, kept }, odds)
  if (!plan.ok) return plan
  if (!(await leavesToOthers(tx, taking, { cells, plan: plan.value.plan, term }))) {
    return err(refusal('window_full', { reserve: 'kept for SMS, voice and lot' }))
  }
  return (await tx.cells.take(no, plan.value.plan))
    ? ok({ ...plan.value, odds, lease: { term: term.term, fence: term.fence } })
    : err(refusal('window_full'))
}

/** Frozen at the sale: a booking that moves takes what it took, whoever comes more or less by now. */
function planFor(
  { draft, station, share }: Taking,
  free: { readonly cells: readonly FreeCell[]; readonly kept: readonly KeptWindow[] },
  { show }: SaleOdds,
): Result<Pick<Taken, 'plan' | 'work'>, Refusal> {
  const { windowStart, vehicleClass, grams: gas } = draft
  const sold = bookedWork(station.classMinutes[vehicleClass], show)
  const work = share === 'moved' ? draft.work : sold
  const plan = planBesideOffers({ windowStart, work, gas }, free)
  return plan.ok ? ok({ plan: plan.value, work }) : plan
}

/** Windows whose offers this one's minutes touch, also by way of a third; the locked cells hold them. */
function offersAround(windowStart: Instant): { readonly from: Instant; readonly to: Instant } {
  const { from, to } = hoursAround(windowStart)
  return { from, to: before(to, takingSpan) }
}

type Planned = {
  readonly cells: readonly LentCell[]
  readonly plan: readonly FreeCell[]
  readonly term: TermInForce
}

async function leavesToOthers(
  tx: SaleTx,
  { draft, now, share = 'open' }: Taking,
  { cells, plan, term }: Planned,
): Promise<boolean> {
  if (share === 'moved' || !openChannels.includes(draft.channel)) return true
  const { station, windowStart } = draft
  const range = { station, ...hoursAround(windowStart) }
  const sold = await (share === 'lot' ? tx.cells.lotSold(range) : tx.cells.openSold(range))
  const leaves = share === 'lot' ? withinLot : leavesReserves
  const shares = cells.map((cell) => ({ ...cell, openSold: sold.get(cell.start) ?? noCapacity }))
  return leaves(shares, plan, { cloudShare: term.cloudShare, now })
}

function nozzlesFit({ draft, station }: Taking, near: readonly BookedNear[]): boolean {
  const claimOf = (one: {
    readonly windowStart: Instant
    readonly vehicleClass: VehicleClass
    readonly nozzle: Booking['nozzle']
  }): NozzleClaim => ({
    nozzle: one.nozzle,
    start: one.windowStart,
    duration: durationOf(station.classMinutes[one.vehicleClass]),
  })
  const { positions } = station
  return fitsNozzles(claimOf(draft), near.map(claimOf), { positions, rules: withQueue })
}

const milliMinuteMs = minutes(1) / 1_000

function durationOf(work: MilliMinutes) {
  return millis(work * milliMinuteMs)
}

/** P(show) of the driver's cohort, as its outcomes have it (lanes.md section 3). */
export async function oddsOf(
  book: Pick<SaleBook, 'lastOutcome' | 'showCounts'>,
  { draft, now }: Pick<Taking, 'draft' | 'now'>,
): Promise<SaleOdds> {
  const { channel, windowStart } = draft
  const last = await book.lastOutcome(draft.plate)
  const cohort = cohortOf({ channel, last, soldAt: now, windowStart })
  return { cohort, show: showOf(await book.showCounts(draft.station, cohort)) }
}

type Around = { readonly cells: readonly LentCell[]; readonly near: readonly BookedNear[] }

/** Whether too many of the booked might come: then this one counts as certain. */
function hourOverloads(
  { draft: { windowStart, vehicleClass }, station, odds }: Taking,
  { cells, near }: Around,
): boolean {
  const times = station.classMinutes
  const wish = { windowStart, minutes: times[vehicleClass], show: odds.show }
  const booked = near
    .filter(({ own }) => !own)
    .map((one) => ({ ...one, minutes: times[one.vehicleClass] }))
  return anHourOverloads(wish, booked, cells)
}

type Coming = Expected & { readonly windowStart: Instant }

const cell = minutes(5)

/** Every rolling hour that holds the window, with what was granted in it. */
function anHourOverloads(
  wish: Coming,
  booked: readonly Coming[],
  cells: readonly LentCell[],
): boolean {
  const first = before(wish.windowStart, millis(hours(1) - cell))
  const starts = Array.from({ length: hours(1) / cell }, (_, n) => after(first, millis(n * cell)))
  return starts.some((from) => {
    const to = after(from, hours(1))
    const inside = booked.filter(({ windowStart }) => windowStart >= from && windowStart < to)
    const granted = cells
      .filter(({ start }) => start >= from && start < to)
      .reduce((sum, one) => sum + one.granted.work, 0)
    return overloads([...inside, wish], milliMinutes(granted))
  })
}
