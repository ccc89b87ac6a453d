import { noCapacity, plus } from '@baari/shared/domain/lease/capacity'
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
import { hoursAround, leavesReserves } from '@baari/shared/domain/slots/rolling-share'
import { cohortOf, showOf } from '@baari/shared/domain/slots/show-cohort'
import { spanOf } from '@baari/shared/domain/slots/shown-room'
import { planTaking, takingSpan, type FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { VehicleClass } from '@baari/shared/units/names'
import { after, before, hours, millis, minutes, type Instant } from '@baari/shared/units/time'
import { milliMinutes, perMille, type MilliMinutes } from '@baari/shared/units/work'
import type { Booking } from '../../domain/booking/booking.ts'
import { openChannels } from '../../domain/booking/sale-rules.ts'
import type { TermInForce, TermMark } from '../../ports/leases.ts'
import type { BookedNear, LentCell, SaleBook, SaleOdds, SaleTx } from '../../ports/sales.ts'

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
  const likely = planFor(taking, cells, taking.odds)
  if (!likely.ok) return likely
  if (!(await leavesToOffers(tx, taking, { cells, need: likely.value.work }))) {
    return err(refusal('window_full', { offered: 'to somebody on the waiting list' }))
  }
  const near = await tx.bookings.near({ station: no, ...matchSpan(windowStart) })
  if (!nozzlesFit(taking, near)) return err(refusal('window_full', { nozzle: draft.nozzle }))
  const odds = hourOverloads(taking, { cells, near })
    ? { ...taking.odds, show: perMille(1_000) }
    : taking.odds
  const plan = planFor(taking, cells, odds)
  if (!plan.ok) return plan
  if (!(await leavesToOthers(tx, taking, { cells, plan: plan.value.plan, term }))) {
    return err(refusal('window_full', { reserve: 'kept for SMS, voice and lot' }))
  }
  return (await tx.cells.take(no, plan.value.plan))
    ? ok({ ...plan.value, odds, lease: { term: term.term, fence: term.fence } })
    : err(refusal('window_full'))
}

function planFor(
  { draft, station }: Taking,
  cells: readonly FreeCell[],
  { show }: SaleOdds,
): Result<Pick<Taken, 'plan' | 'work'>, Refusal> {
  const work = bookedWork(station.classMinutes[draft.vehicleClass], show)
  const plan = planTaking(spanOf(cells, draft.windowStart), { work, gas: draft.grams })
  return plan.ok ? ok({ plan: plan.value, work }) : plan
}

/** An open offer of a window nearby keeps its minutes: they are taken only by whoever was asked. */
async function leavesToOffers(
  tx: SaleTx,
  { draft }: Taking,
  { cells, need }: { readonly cells: readonly FreeCell[]; readonly need: MilliMinutes },
): Promise<boolean> {
  const { station, windowStart, id } = draft
  const range = {
    station,
    from: before(windowStart, takingSpan),
    to: after(windowStart, takingSpan),
  }
  const kept = await tx.cells.keptForOffers(range, id)
  const wanted = plus(kept, { work: need, gas: draft.grams })
  return planTaking(spanOf(cells, windowStart), wanted).ok
}

type Planned = {
  readonly cells: readonly LentCell[]
  readonly plan: readonly FreeCell[]
  readonly term: TermInForce
}

async function leavesToOthers(
  tx: SaleTx,
  { draft, now }: Taking,
  { cells, plan, term }: Planned,
): Promise<boolean> {
  if (!openChannels.includes(draft.channel)) return true
  const { station, windowStart } = draft
  const sold = await tx.cells.openSold({ station, ...hoursAround(windowStart) })
  const shares = cells.map((cell) => ({ ...cell, openSold: sold.get(cell.start) ?? noCapacity }))
  return leavesReserves(shares, plan, { cloudShare: term.cloudShare, now })
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
