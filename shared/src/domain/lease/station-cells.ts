import { slotMs, slotStart } from '../../units/ist-calendar.ts'
import { grams, noGrams, type Grams } from '../../units/mass.ts'
import { after, hours, type Instant } from '../../units/time.ts'
import { bookableGas, bookableWork, type CellWork } from '../slots/bookable.ts'
import { walkInGas, walkInWorkOf, type WalkInForecast } from '../slots/walk-in-forecast.ts'
import { cellStarts } from '../slots/windows.ts'
import type { FreeCell } from '../slots/taking-plan.ts'
import {
  least,
  less,
  most,
  noCapacity,
  plus,
  sameCapacity,
  sharedOf,
  type Capacity,
} from './capacity.ts'
import { cloudShare, grantedUntil } from './term.ts'

/** A cell as its owner, the station, keeps it. */
export type StationCell = {
  readonly start: Instant
  /** What may be promised in the cell by both sellers together. */
  readonly bookable: Capacity
  /**
   * The most the cloud may hold of it: raised and stored before the cloud is told of more, lowered
   * only after the cloud has said that it gave up. Whatever is lost on the way, the cloud never has
   * more than this.
   */
  readonly cloud: Capacity
  /** The station's own sales. */
  readonly sold: Capacity
  /** Taken from the cloud beyond the station's share, and lent to it beyond the cloud's. */
  readonly borrowed: Capacity
  readonly asked: Capacity
  /** At the last grant the cloud had sold more than was left to it: it is granted anew. */
  readonly over: boolean
  /** An older copy of this ledger may have sold it: nothing more is sold here or lent. */
  readonly closed: boolean
}

export type StationPlanFacts = {
  /** Positions with an attendant that work now, and those the station has by its plan. */
  readonly positionsNow: number
  readonly positionsPlanned: number
  readonly compressorGramsPerHour: Grams
  /** What the banks still give above the pressure vehicles need. */
  readonly storedGrams: Grams
}

/** A change of the working positions counts for this long ahead (lanes.md section 3). */
export const plannedFrom = hours(4)

export type CapacityView = {
  readonly facts: StationPlanFacts
  readonly forecast: WalkInForecast | null
  readonly now: Instant
}

/**
 * The cells of the rolling horizon: known ones with what may be promised now, missing ones made.
 * With `closed` every one of them is, because an older copy of the ledger may have sold it.
 */
export function cellsOfHorizon(
  known: readonly StationCell[],
  view: CapacityView,
  closed: boolean,
): readonly StationCell[] {
  const bookableAt = bookableSeen(view)
  const find = finder(known)
  return cellStarts(slotStart(view.now), grantedUntil(view.now)).map((start) => {
    const cell = find(start) ?? newCell(start)
    const bookable = bookableAt(start)
    const isClosed = closed || cell.closed
    // A cell that stays as it is stays the same object: nothing of it has to be written.
    return sameCapacity(bookable, cell.bookable) && isClosed === cell.closed
      ? cell
      : { ...cell, bookable, closed: isClosed }
  })
}

/** Cells lie in a row, so the place follows from the start; one that does not is looked up. */
function finder(known: readonly StationCell[]): (start: Instant) => StationCell | undefined {
  const first = known[0]?.start ?? 0
  return (start) => {
    const here = known[(start - first) / slotMs]
    return here?.start === start ? here : known.find((cell) => cell.start === start)
  }
}

/** What may be promised in the cell that starts at `start`, seen from now. */
function bookableSeen({ facts, forecast, now }: CapacityView): (start: Instant) => Capacity {
  const walkInAt = walkInWorkOf(forecast, now)
  const stored = storedPerCell(facts)
  return (start) => {
    const near = start < after(now, plannedFrom)
    const workingPositions = near ? facts.positionsNow : facts.positionsPlanned
    const walkIn = walkInAt(start)
    const cell = walkIn === undefined ? { workingPositions } : { workingPositions, walkIn }
    const cascade = start < after(now, storedFor) ? stored : noGrams
    return { work: bookableWork(cell), gas: gasOf(facts, { ...cell, cascade }) }
  }
}

/** Stored gas is promised within the coming hour and no later: by then it may be gone. */
const storedFor = hours(1)
const cellsPerHour = 12
/** A step of what is promised: pressures that tremble do not write every cell anew. */
const storedStepGrams = 5_000

function storedPerCell({ storedGrams }: StationPlanFacts): Grams {
  const steps = Math.floor(storedGrams / cellsPerHour / storedStepGrams)
  return grams(steps * storedStepGrams)
}

function gasOf(
  { compressorGramsPerHour }: StationPlanFacts,
  { workingPositions, walkIn, cascade }: CellWork & { readonly cascade: Grams },
): Grams {
  if (workingPositions === 0) return noGrams
  const forWalkIns = walkIn === undefined ? noGrams : walkInGas(walkIn)
  return bookableGas({ compressorGramsPerHour, cascade, walkIn: forWalkIns })
}

function newCell(start: Instant): StationCell {
  return {
    start,
    bookable: noCapacity,
    cloud: noCapacity,
    sold: noCapacity,
    borrowed: noCapacity,
    asked: noCapacity,
    over: false,
    closed: false,
  }
}

/** What the cloud should have of the cell: its share, and what was lent or borrowed since. */
export function cloudTarget(cell: StationCell): Capacity {
  const share = less(plus(sharedOf(cell.bookable, cloudShare), cell.asked), cell.borrowed)
  const target = least(share, less(cell.bookable, cell.sold))
  return cell.closed ? least(target, cell.cloud) : target
}

/**
 * What the station may sell of the cell. While the term runs the cloud's part is left alone also
 * where the cloud has not heard of it yet; after it, what the cloud was never given is the
 * station's, and what it was given stays in doubt until it answers.
 */
export function ownGrant(cell: StationCell, termRuns: boolean): Capacity {
  if (cell.closed) return least(cell.sold, less(cell.bookable, cell.cloud))
  const taken = termRuns ? most(cell.cloud, cloudTarget(cell)) : cell.cloud
  return less(cell.bookable, taken)
}

/** What is left to sell at the station. */
export function ownFree(cell: StationCell, termRuns: boolean): FreeCell {
  return { start: cell.start, ...less(ownGrant(cell, termRuns), cell.sold) }
}
