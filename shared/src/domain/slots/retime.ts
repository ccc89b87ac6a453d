import { refusal, type Refusal } from '../../faults/no.ts'
import { err, type Result } from '../../faults/result.ts'
import { after, hours, instant, minutes, type Instant } from '../../units/time.ts'
import { isNone, less, noCapacity, plus, type Capacity } from '../lease/capacity.ts'
import { slotMs } from '../../units/ist-calendar.ts'
import { planTaking, type FreeCell, type Need } from './taking-plan.ts'
import { windowLength } from './windows.ts'
import { spanOf } from './shown-room.ts'

/** A change of the working positions is looked at this far ahead (lanes.md section 3). */
export const retimeAhead = hours(4)
/** Whoever is on the way already is left alone; no remote channel sells later either. */
export const retimeLead = minutes(15)
/** Offers one booking gets at most, whatever came of them (lanes.md section 2). */
export const offersPerBooking = 2
/** Further outside its window than this a vehicle is offered another one. */
const offWindowBy = minutes(5)

/** A booking and what it took, as far as re-timing looks at it. */
export type Committed = {
  readonly windowStart: Instant
  readonly taken: readonly FreeCell[]
  /** It will not move: no consent, or offered as often as it may be. Told all the same. */
  readonly stays: boolean
}

/** What is sold of cells beyond what they have now. */
export type OverCells = ReadonlyMap<Instant, Capacity>

/**
 * The bookings that no longer fit: those in oversold cells of the next four hours, the latest sale
 * first, until those that may move would leave no cell oversold. Give them in that order.
 */
export function endangered<B extends Committed>(
  latestFirst: readonly B[],
  over: OverCells,
  now: Instant,
): readonly B[] {
  const left = new Map(over)
  const isOver = ({ start }: FreeCell): boolean => !isNone(left.get(start) ?? noCapacity)
  return latestFirst.filter(({ windowStart, taken, stays }) => {
    if (windowStart < after(now, retimeLead) || windowStart >= after(now, retimeAhead)) return false
    if (!taken.some(isOver)) return false
    if (stays) return true
    for (const cell of taken) left.set(cell.start, less(left.get(cell.start) ?? noCapacity, cell))
    return true
  })
}

/** Minutes of work that come in a cell, and those it can take. */
export type CellLoad = {
  readonly start: Instant
  readonly arriving: number
  readonly capacity: number
}

/**
 * When the work that these cells cannot take is done, cell after cell; the first cell's start when
 * they can. A window before that would put a vehicle from one queue into another.
 */
export function backlogEnd(cells: readonly CellLoad[], from: Instant): Instant {
  let held = 0
  let clear = from
  for (const { start, arriving, capacity } of cells) {
    held = Math.max(0, held + arriving - capacity)
    if (held > 0) clear = instant(start + slotMs)
  }
  return clear
}

export type Reach = {
  readonly notBefore: Instant
  /** Furthest the window may lie from the wish. */
  readonly within: number
}

/** Window starts from near to far of a wish, the earlier one first on ties. */
export function windowsAround(wish: Instant, { notBefore, within }: Reach): readonly Instant[] {
  const first = Math.max(notBefore, wish - within)
  const found: Instant[] = []
  for (let at = Math.ceil(first / windowLength) * windowLength; at <= wish + within;) {
    found.push(instant(at))
    at += windowLength
  }
  return found.toSorted((a, b) => Math.abs(a - wish) - Math.abs(b - wish) || a - b)
}

/** A window and what an offer keeps of it, or a sale takes. */
export type WindowNeed = Need & { readonly windowStart: Instant }

/** The nearest of these windows with room beside what open offers keep; undefined when none has. */
export function nearestWithRoom(
  windows: readonly Instant[],
  need: Need,
  free: { readonly cells: readonly FreeCell[]; readonly kept: readonly WindowNeed[] },
): Instant | undefined {
  return windows.find((windowStart) => planBesideOffers({ ...need, windowStart }, free).ok)
}

/**
 * What a sale may take beside open offers. All windows reach half an hour ahead, so that placing them
 * in the order of their starts places whatever can be placed: the offers up to this window first, then
 * the sale, and those after it must still have what they had. `window_full` when one of them would not.
 */
export function planBesideOffers(
  wish: WindowNeed,
  { cells, kept }: { readonly cells: readonly FreeCell[]; readonly kept: readonly WindowNeed[] },
): Result<readonly FreeCell[], Refusal> {
  const ordered = kept.toSorted((a, b) => a.windowStart - b.windowStart)
  const earlier = ordered.filter(({ windowStart }) => windowStart <= wish.windowStart)
  const later = ordered.slice(earlier.length)
  const { left } = placed(cells, earlier)
  const plan = planTaking(spanOf(left, wish.windowStart), wish)
  if (!plan.ok) return plan
  const missing = placed(without(left, plan.value), later).missing
  return missing > placed(left, later).missing ? err(refusal('window_full')) : plan
}

type Placed = { readonly left: readonly FreeCell[]; readonly missing: number }

/** Cells left by offers in this order, and what they lack; minutes that are gone cannot be kept. */
function placed(cells: readonly FreeCell[], offers: readonly WindowNeed[]): Placed {
  let left = cells
  let missing = 0
  for (const { windowStart, ...need } of offers) {
    const span = spanOf(left, windowStart)
    const plan = planTaking(span, need)
    if (!plan.ok) {
      const has = span.reduce(plus, noCapacity)
      const lacks = less(need, has)
      missing += lacks.work + lacks.gas
    }
    left = without(left, plan.ok ? plan.value : span)
  }
  return { left, missing }
}

function without(cells: readonly FreeCell[], taken: readonly FreeCell[]): readonly FreeCell[] {
  const takes = new Map(taken.map((cell) => [cell.start, cell]))
  return cells.map((cell) => ({ ...cell, ...less(cell, takes.get(cell.start) ?? noCapacity) }))
}

/** Whether a vehicle that comes then is too far outside its window to be served as promised. */
export function isOffWindow(windowStart: Instant, arrival: Instant): boolean {
  const early = windowStart - offWindowBy
  return arrival < early || arrival > windowStart + windowLength + offWindowBy
}
