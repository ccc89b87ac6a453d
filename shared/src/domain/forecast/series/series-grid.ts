import { dayMs } from './demand-table.ts'

/** One series on its even grid; a cell nobody spoke of is NaN. */
export type SeriesGrid = {
  readonly name: string
  /** Start of cell 0, milliseconds since 1970-01-01T00:00Z. */
  readonly startMs: number
  readonly stepMs: number
  readonly values: Float64Array
  /** What local time is ahead of UTC by cell, minutes. */
  readonly offsetMinutes: Int16Array
  /** Covariates by cell, in the order of their names. */
  readonly covariates: readonly Float32Array[]
  /**
   * Sum of the known values of a cell's day up to and with it. Days count from 1970 and not from the
   * grid's start: a sum over the same values is then the same to the bit, wherever the grid begins.
   */
  readonly sums: Float64Array
  /** Number of known values before each cell. */
  readonly counts: Int32Array
}

/**
 * A series as far as it is known: cells after `until` read as unknown, whatever the grid holds.
 * Features are made from this, so that a forecast cannot see its own future.
 */
export type KnownSeries = { readonly grid: SeriesGrid; readonly until: number }

export function valueAt({ grid, until }: KnownSeries, cell: number): number {
  return cell < 0 || cell > until ? Number.NaN : (grid.values[cell] ?? Number.NaN)
}

/** Mean of the known values from `from` to `to`, both included; NaN when none is. */
export function meanBetween(known: KnownSeries, from: number, to: number): number {
  const count = knownBetween(known, from, to)
  if (count === 0) return Number.NaN
  return sumBetween(known.grid, Math.max(0, from), endOf(known, to) - 1) / count
}

/** Day by day, so that it depends on nothing before the day of `from`. */
function sumBetween(grid: SeriesGrid, from: number, to: number): number {
  const { sums } = grid
  let day = dayOf(grid, from)
  const before = from > 0 && dayOf(grid, from - 1) === day ? sums[from - 1]! : 0
  const lastDay = dayOf(grid, to)
  if (day === lastDay) return sums[to]! - before
  let sum = sums[lastCellOf(grid, day)]! - before
  for (day += 1; day < lastDay; day += 1) {
    const cell = lastCellOf(grid, day)
    // A step of more than a day leaves days without a cell.
    if (dayOf(grid, cell) === day) sum += sums[cell]!
  }
  return sum + sums[to]!
}

type Lattice = Pick<SeriesGrid, 'startMs' | 'stepMs'>

function dayOf({ startMs, stepMs }: Lattice, cell: number): number {
  return Math.floor((startMs + cell * stepMs) / dayMs)
}

function lastCellOf({ startMs, stepMs }: Lattice, day: number): number {
  return Math.ceil(((day + 1) * dayMs - startMs) / stepMs) - 1
}

/** How many values from `from` to `to`, both included, are known. */
export function knownBetween(known: KnownSeries, from: number, to: number): number {
  const first = Math.max(0, from)
  const end = endOf(known, to)
  return end <= first ? 0 : known.grid.counts[end]! - known.grid.counts[first]!
}

/** The cell after the last that may be read. */
function endOf({ grid, until }: KnownSeries, to: number): number {
  return Math.min(to, until, grid.values.length - 1) + 1
}

/** The least number of cells that are at least so many days. */
export function cellsOfDays(grid: Pick<SeriesGrid, 'stepMs'>, days: number): number {
  return Math.ceil((days * dayMs) / grid.stepMs - 1e-9)
}

/**
 * The cell at the same local time so many days before. Where the clocks changed in between it is
 * an hour off the even distance; it is never later than the even distance when that would pass
 * what is known.
 */
export function cellDaysBefore({ grid, until }: KnownSeries, cell: number, days: number): number {
  const even = cell - cellsOfDays(grid, days)
  const here = grid.offsetMinutes[cell] ?? 0
  const there = grid.offsetMinutes[even] ?? here
  if (here === there) return even
  const moved = even + Math.round(((here - there) * 60_000) / grid.stepMs)
  return moved > until ? even : moved
}

/** Sums and numbers of the values, for means of any span. */
export function runningSums(
  values: Float64Array,
  lattice: Lattice,
): Pick<SeriesGrid, 'sums' | 'counts'> {
  const sums = new Float64Array(values.length)
  const counts = new Int32Array(values.length + 1)
  let sum = 0
  let day = Number.NaN
  for (let cell = 0; cell < values.length; cell += 1) {
    const value = values[cell]!
    const known = !Number.isNaN(value)
    const here = dayOf(lattice, cell)
    sum = (here === day ? sum : 0) + (known ? value : 0)
    day = here
    sums[cell] = sum
    counts[cell + 1] = counts[cell]! + (known ? 1 : 0)
  }
  return { sums, counts }
}
