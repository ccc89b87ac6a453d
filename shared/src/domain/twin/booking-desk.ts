import { after, minutes, type Instant } from '../../units/time.ts'
import { milliMinutes } from '../../units/work.ts'
import type { RunSeed } from './chance.ts'
import { grantOf, SlotGrid, workOf, type Taken } from './slot-grid.ts'
import { cellMinutes } from '../slots/bookable.ts'
import { backlogEnd, endangered, retimeAhead } from '../slots/retime.ts'
import { cellStarts } from '../slots/windows.ts'
import {
  closes,
  forecastOf,
  opens,
  outageOf,
  type TwoPeakDay,
  type Wisher,
} from './two-peak-day.ts'

/** A vehicle with a window, by its place among the day's wishers. */
export type Sold = { readonly n: number; readonly windowStart: Instant; readonly taken: Taken }

/** An offer of another window after a position failed. */
export type Offer = {
  readonly n: number
  readonly toldAt: Instant
  /** The new window when there was one and the driver took it. */
  readonly windowStart?: Instant
}

export type Sale = {
  readonly windows: ReadonlyMap<number, Instant>
  /** Bookings that no longer fit after the outage began, each with its offer. */
  readonly offers: readonly Offer[]
}

/** Capacity is recomputed within a minute of a change (lanes.md section 3). */
const recomputeWithin = minutes(1)
/** Furthest a booker goes from the wished time (lanes.md section 4). */
const bookingReach = minutes(120)
/** Share of the positions' time that is work (lanes.md section 3). */
const usable = 0.92

/** Sells the day's windows the evening before, in random order, and re-times them if asked. */
export function sellDay(day: TwoPeakDay, wishers: readonly Wisher[], seed: RunSeed): Sale {
  const forecast = forecastOf(day, seed)
  const grant = (positions: number) => (start: Instant) =>
    grantOf(positions, day.cap === 'flat' ? undefined : forecast(start))
  const grid = new SlotGrid(grant(day.positions))
  const sold = sellAll(day, wishers, grid)
  const outage = outageOf(day)
  const windows = new Map(sold.map(({ n, windowStart }) => [n, windowStart]))
  if (outage === undefined || day.outage === undefined) return { windows, offers: [] }
  const fewer = (start: Instant) =>
    grant(start < outage.to ? day.positions - 1 : day.positions)(start)
  grid.regrant(outage.from, fewer)
  const room = clearFrom({ day, grid, outage, forecast })
  const offers = offersOf({ day, wishers, grid, sold, from: outage.from, room })
  for (const { n, windowStart } of offers) {
    if (windowStart !== undefined) windows.set(n, windowStart)
  }
  return { windows, offers }
}

function sellAll(day: TwoPeakDay, wishers: readonly Wisher[], grid: SlotGrid): readonly Sold[] {
  const bookers = wishers
    .map((wisher, n) => ({ wisher, n }))
    .filter(({ wisher }) => wisher.wantsBooking)
    .toSorted((a, b) => a.wisher.turn - b.wisher.turn)
  return bookers.flatMap(({ wisher, n }): Sold[] => {
    const need = {
      work: workOf(wisher.vehicleClass, day.noShow),
      notBefore: opens,
      reach: bookingReach,
    }
    const sale = grid.sell(wisher.wish, need)
    return sale === undefined ? [] : [{ n, ...sale }]
  })
}

type Backlog = {
  readonly day: TwoPeakDay
  readonly grid: SlotGrid
  readonly outage: { readonly from: Instant; readonly to: Instant }
  /** Walk-in minutes expected in the cell that begins then. */
  readonly forecast: (start: Instant) => number
}

/**
 * When the work that the outage holds up will be done, by the forecast and the windows sold.
 */
function clearFrom({ day, grid, outage, forecast }: Backlog): Instant {
  const loads = cellStarts(outage.from, closes).map((start) => ({
    start,
    arriving: forecast(start) + grid.soldIn(start) / 1000,
    capacity: usable * (start < outage.to ? day.positions - 1 : day.positions) * cellMinutes,
  }))
  return backlogEnd(loads, outage.from)
}

type Failed = {
  readonly day: TwoPeakDay
  readonly wishers: readonly Wisher[]
  readonly grid: SlotGrid
  /** In the order of sale. */
  readonly sold: readonly Sold[]
  readonly from: Instant
  /** From here on the backlog of the outage is worked off. */
  readonly room: Instant
}

/** Every booking that no longer fits is offered another window, as the product offers it. */
function offersOf({ day, wishers, grid, sold, from, room }: Failed): readonly Offer[] {
  const toldAt = after(from, recomputeWithin)
  const consents = ({ n }: Sold): boolean =>
    day.outage?.retime === true && (wishers[n]?.consent ?? 1) < day.outage.consent
  const latestFirst = sold.toReversed().map((one) => ({ ...one, stays: !consents(one) }))
  return endangered(latestFirst, grid.over(), from).map((one): Offer => {
    if (one.stays) return { n: one.n, toldAt }
    grid.release(one.taken)
    const work = milliMinutes(one.taken.reduce((sum, cell) => sum + cell.work, 0))
    const moved = grid.sell(one.windowStart, { work, notBefore: room, reach: retimeAhead })
    // Without room elsewhere the booking keeps its window, and the driver knows of the outage.
    if (moved === undefined) return { n: one.n, toldAt }
    return { n: one.n, toldAt, windowStart: moved.windowStart }
  })
}
