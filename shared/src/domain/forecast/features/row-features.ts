import { cellDaysBefore, cellsOfDays, meanBetween, valueAt } from '../series/series-grid.ts'
import type { KnownSeries } from '../series/series-grid.ts'

/** What the past says about one cell, in the target's unit; NaN is unknown. */
export type PastOfCell = {
  /** In the order of the value features of the plan. */
  readonly values: Float64Array
  /** Yesterday's total against the same day a week earlier. */
  readonly dayRatio: number
  /** Trailing seven-day mean, what a level-normalised model divides by; above zero. */
  readonly level: number
  /** The value a week earlier, or the best stand-in for it. */
  readonly naive: number
}

export type CellAsked = {
  readonly known: KnownSeries
  readonly cell: number
  /** Whole days between the last known cell and this one, from 1. */
  readonly leadDays: number
  /** Divides when the past week says nothing: the usual value of the series. */
  readonly usual: number
}

/** The features of the past are what is known at the origin: nothing later can be read. */
export function pastOfCell({ known, cell, leadDays, usual }: CellAsked): PastOfCell {
  const back = (days: number): number => cellDaysBefore(known, cell, days)
  const week = 7 * Math.ceil(leadDays / 7)
  const day1 = back(leadDays)
  const week1 = back(week)
  const at = (where: number): number => valueAt(known, where)
  const weekday = knownBefore({ known, cell }, { firstDays: week, everyDays: 7, count: 4 })
  const slot = knownBefore({ known, cell }, { firstDays: leadDays, everyDays: 1, count: 7 })
  const { grid } = known
  const perDay = cellsOfDays(grid, 1)
  const end = cell - cellsOfDays(grid, leadDays)
  const span = (days: number): ReturnType<typeof meanBetween> =>
    meanBetween(known, end - days * perDay + 1, end)
  const ofWeek = span(7)
  const ofMonth = span(28)
  const lastWeekDay = meanBetween(known, end - 8 * perDay + 1, end - 7 * perDay)
  const ofDay = span(1)
  const meanWeekday = meanOf(weekday)
  const level = levelOf([ofWeek, ofMonth], { usual, enough: (7 * perDay) / 4 })
  const values = Float64Array.of(
    at(day1),
    at(back(leadDays + 1)),
    at(back(leadDays + 2)),
    at(week1),
    at(back(week + 7)),
    at(day1 - 1),
    at(day1 - 2),
    at(week1 - 2),
    at(week1 - 1),
    at(week1 + 1),
    at(week1 + 2),
    meanWeekday,
    medianOf(weekday),
    meanOf(slot),
    ofDay.mean,
    ofWeek.mean,
    ofMonth.mean,
  )
  return {
    values,
    dayRatio: ofDay.mean / Math.max(lastWeekDay.mean, 0.05 * usual),
    level,
    naive: firstKnown([at(week1), at(back(week + 7)), meanWeekday, meanOf(slot), level]),
  }
}

/** Known values at the same local time on days before, the latest first. */
function knownBefore(
  { known, cell }: Pick<CellAsked, 'known' | 'cell'>,
  days: { readonly firstDays: number; readonly everyDays: number; readonly count: number },
): readonly number[] {
  const values: number[] = []
  for (let more = 0; more < days.count; more += 1) {
    const before = cellDaysBefore(known, cell, days.firstDays + days.everyDays * more)
    const value = valueAt(known, before)
    if (isKnown(value)) values.push(value)
  }
  return values
}

function levelOf(
  spans: readonly { readonly mean: number; readonly known: number }[],
  { usual, enough }: { readonly usual: number; readonly enough: number },
): number {
  const good = spans.find(({ known }) => known >= enough)
  return Math.max(good?.mean ?? usual, 0.1 * usual, 1e-6)
}

const isKnown = (value: number): boolean => !Number.isNaN(value)

function firstKnown(values: readonly number[]): number {
  return values.find(isKnown) ?? 0
}

function meanOf(values: readonly number[]): number {
  return values.length === 0
    ? Number.NaN
    : values.reduce((sum, value) => sum + value, 0) / values.length
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2
}
