import { cellsOfDays, type SeriesGrid } from '../series/series-grid.ts'
import { leadDaysOf, type Ask } from './feature-function.ts'

/** The longest mean of `row-features.ts`. */
const longestDays = 28

type Step = Pick<SeriesGrid, 'stepMs'>
type Asked = Omit<Ask, 'series'>

/**
 * How far a row of features reads, where the clocks do not change: two rows of one cell with the same
 * newest cell are the same to the bit while no reading between the oldest and the newest differs. The
 * newest is the lag of the lead, or the neighbour after the weekly one.
 */
export function newestRead(grid: Step, { cell, until }: Asked): number {
  const leadDays = leadDaysOf(grid, { cell, until })
  const newest = cell - cellsOfDays(grid, leadDays)
  // The weekly lag is as near only where the lead is whole weeks.
  return leadDays % 7 === 0 ? Math.min(until, newest + 2) : newest
}

/** At the latest where the day begins in which the longest mean does. */
export function oldestRead(grid: Step, { cell, until }: Asked): number {
  return cell - cellsOfDays(grid, leadDaysOf(grid, { cell, until }) + longestDays + 1)
}
