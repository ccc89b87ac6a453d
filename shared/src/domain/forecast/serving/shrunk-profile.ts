import { localTime } from '../features/local-calendar.ts'
import type { SeriesGrid } from '../series/series-grid.ts'
import { dayMs } from '../series/demand-table.ts'

/** Usual value by weekday and slot of the day; Monday's first slot is 0. */
export type Profile = Float64Array

/** The prior is worth so many weeks of the own past. */
const priorWeeks = 2

/**
 * Gamma-Poisson estimate of each weekday's slots: λ = (a₀ + Σy)/(b₀ + n), with a₀ = b₀ times what
 * the prior says and b₀ = two weeks. With nothing recorded it is the prior, with a year it is the
 * station's own mean.
 * @param prior the same slots of a profile with mean 1, times the station's level
 */
export function shrunkProfile(
  grid: SeriesGrid,
  { until, prior }: { readonly until: number; readonly prior: Profile },
): Profile {
  const sums = new Float64Array(prior.length)
  const counts = new Float64Array(prior.length)
  for (let cell = 0; cell <= Math.min(until, grid.values.length - 1); cell += 1) {
    const value = grid.values[cell]!
    if (Number.isNaN(value)) continue
    const place = placeOf(grid, cell)
    sums[place] = sums[place]! + value
    counts[place] = counts[place]! + 1
  }
  return prior.map((rate, place) => {
    return (priorWeeks * rate + sums[place]!) / (priorWeeks + counts[place]!)
  })
}

/** Where the profile holds a cell. */
export function placeOf(grid: SeriesGrid, cell: number): number {
  const { weekday, slot } = localTime(grid, cell)
  return weekday * slotsPerDay(grid) + slot
}

export function slotsPerDay({ stepMs }: Pick<SeriesGrid, 'stepMs'>): number {
  return Math.round(dayMs / stepMs)
}

/**
 * A prior from the station alone: every weekday like the mean of all days, each slot pulled towards
 * the mean of all slots by the prior's worth.
 */
export function ownPrior(grid: SeriesGrid, until: number): Profile {
  const perDay = slotsPerDay(grid)
  const sums = new Float64Array(perDay)
  const counts = new Float64Array(perDay)
  let sum = 0
  let count = 0
  for (let cell = 0; cell <= Math.min(until, grid.values.length - 1); cell += 1) {
    const value = grid.values[cell]!
    if (Number.isNaN(value)) continue
    const { slot } = localTime(grid, cell)
    sums[slot] = sums[slot]! + value
    counts[slot] = counts[slot]! + 1
    sum += value
    count += 1
  }
  const mean = count > 0 ? sum / count : 0
  return Float64Array.from({ length: 7 * perDay }, (_, place) => {
    const slot = place % perDay
    return (priorWeeks * mean + sums[slot]!) / (priorWeeks + counts[slot]!)
  })
}
