import { istDay, istDayStart, slotMs } from '../../units/ist-calendar.ts'
import { grams } from '../../units/mass.ts'
import { after, hours, instant, minutes, type Instant } from '../../units/time.ts'
import { milliMinutes, type PerMille } from '../../units/work.ts'
import { least, less, noCapacity, plus, type Capacity } from '../lease/capacity.ts'

/** A cell as the cloud was lent it, with what channels open to every phone have sold of it. */
export type ShareCell = {
  readonly start: Instant
  readonly granted: Capacity
  readonly openSold: Capacity
}

export type ShareRules = {
  /** Share of what may be promised that was lent to the cloud. */
  readonly cloudShare: PerMille
  readonly now: Instant
}

/** Of all that may be promised, kept for SMS, voice and assisted channels (product.md 7.6). */
const inclusionShare = 300
/** The station's own part counts towards it for at most half. */
const stationCountsAtMost = 150
/** The reserve ends two hours before the cell. */
export const inclusionUntil = hours(2)
/** Of a peak hour, given by lot and not by who is first. */
const lotteryShare = 200
/** The lot of an hour is drawn when its last window has been open for entries. */
const drawnBefore = hours(23)
const drawTakes = minutes(5)
/** Hours of the IST day with a weight of 1.25 and more in the two-peak day (lanes.md section 4). */
const peakHours: ReadonlySet<number> = new Set([7, 8, 9, 17, 18, 19, 20])

const cellsPerHour = 12

/** Whether part of this window is given by lot. */
export function isPeak(start: Instant): boolean {
  return peakHours.has(Math.floor((start - istDayStart(istDay(start))) / hours(1)))
}

/** When the lot of this window's hour is drawn: an hour after its first window opened. */
export function drawAt(start: Instant): Instant {
  return instant(lotHour(start) - drawnBefore)
}

/** Until when its share is kept for the draw; a cloud that was away then draws from what is left. */
export function drawnBy(start: Instant): Instant {
  return after(drawAt(start), drawTakes)
}

/** The hour of the IST day whose lot a window belongs to. */
export function lotHour(start: Instant): Instant {
  return instant(start - ((start - istDayStart(istDay(start))) % hours(1)))
}

/** Per mille of what may be promised in the cell that open channels have to leave alone now. */
function withheld(start: Instant, { cloudShare, now }: ShareRules): number {
  const inclusion = inclusionShare - Math.min(1000 - cloudShare, stationCountsAtMost)
  const reserve = start - now > inclusionUntil ? inclusion : 0
  const lottery = isPeak(start) && now < drawnBy(start) ? lotteryShare : 0
  return Math.min(cloudShare, reserve + lottery)
}

/** What open channels may sell of the cell at most; granted is `cloudShare` of what there is. */
function openPart({ start, granted }: ShareCell, rules: ShareRules): Capacity {
  const { cloudShare } = rules
  if (cloudShare === 0) return noCapacity
  const kept = withheld(start, rules)
  const left = (amount: number): number => amount - Math.ceil((amount * kept) / cloudShare)
  return { work: milliMinutes(left(granted.work)), gas: grams(left(granted.gas)) }
}

/**
 * Whether an open channel may take this much: in every rolling hour that the plan touches, its sales
 * stay below what is not kept for others. Counted over the hour and never per cell, so that one
 * window may fill up while its neighbours are empty.
 */
export function leavesReserves(
  cells: readonly ShareCell[],
  plan: readonly (Capacity & { readonly start: Instant })[],
  rules: ShareRules,
): boolean {
  return takesFit(plan, rollingHours(cells, rules, openPart))
}

/** What is given by lot in the cell at most: a fifth of what may be promised in a peak hour. */
function lotPart({ start, granted }: ShareCell, { cloudShare }: ShareRules): Capacity {
  if (cloudShare === 0 || !isPeak(start)) return noCapacity
  const part = Math.min(cloudShare, lotteryShare)
  const share = (amount: number): number => Math.floor((amount * part) / cloudShare)
  return { work: milliMinutes(share(granted.work)), gas: grams(share(granted.gas)) }
}

/**
 * Whether a winner of the lot may take this much: in every rolling hour that the plan touches, what
 * was won stays within the lot's fifth. `openSold` of the cells is what winners have taken.
 */
export function withinLot(
  cells: readonly ShareCell[],
  plan: readonly (Capacity & { readonly start: Instant })[],
  rules: ShareRules,
): boolean {
  return takesFit(plan, rollingHours(cells, rules, lotPart))
}

function takesFit(
  plan: readonly (Capacity & { readonly start: Instant })[],
  runs: readonly RollingHour[],
): boolean {
  return runs.every(({ from, to, room }) => {
    const takes = plan.filter(({ start }) => start >= from && start < to).reduce(plus, noCapacity)
    return takes.work <= room.work && takes.gas <= room.gas
  })
}

export type Span = { readonly from: Instant; readonly to: Instant }

/**
 * What open channels may still take within a span, wherever in it they take it; for lists. The hours
 * are worked out once, since a list asks for every window of a day.
 */
export function openRooms(
  cells: readonly ShareCell[],
  rules: ShareRules,
): (span: Span) => Capacity {
  const hoursOfAll = rollingHours(cells, rules, openPart)
  return (span) => {
    const touching = hoursOfAll.filter(({ from, to }) => from < span.to && to > span.from)
    const [first, ...others] = touching.map(({ room }) => room)
    return first === undefined ? noCapacity : others.reduce(least, first)
  }
}

type RollingHour = Span & {
  /** What open channels may still take of it. */
  readonly room: Capacity
}

/** Runs of twelve cells. Fewer known cells, as at the horizon's end, are one run. */
function rollingHours(
  cells: readonly ShareCell[],
  rules: ShareRules,
  partOf: typeof openPart,
): readonly RollingHour[] {
  const ordered = cells
    .toSorted((a, b) => a.start - b.start)
    .map((cell) => ({ ...cell, part: partOf(cell, rules) }))
  const runs = ordered.length === 0 ? 0 : Math.max(1, ordered.length - cellsPerHour + 1)
  return Array.from({ length: runs }, (_, at) => {
    const run = ordered.slice(at, at + cellsPerHour)
    const sold = run.map(({ openSold }) => openSold).reduce(plus, noCapacity)
    const allowed = run.map(({ part }) => part).reduce(plus, noCapacity)
    const from = run[0]?.start ?? rules.now
    const to = instant((run.at(-1)?.start ?? from) + slotMs)
    return { from, to, room: less(allowed, sold) }
  })
}

/** The cells that a sale of this window has to see: every rolling hour it can touch. */
export function hoursAround(windowStart: Instant): {
  readonly from: Instant
  readonly to: Instant
} {
  const spanCells = 6
  return {
    from: instant(windowStart - (cellsPerHour - 1) * slotMs),
    to: instant(windowStart + (spanCells + cellsPerHour - 1) * slotMs),
  }
}
