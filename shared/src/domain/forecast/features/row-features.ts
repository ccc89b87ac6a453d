import {
  cellDaysBefore,
  cellsOfDays,
  knownBetween,
  meanBetween,
  valueAt,
  type KnownSeries,
} from '../series/series-grid.ts'

/** What the past says about one cell beside its value features, in the target's unit. */
export type PastOfCell = {
  /** Mean of the same weekday and slot over four weeks; NaN is unknown. */
  readonly weekdayMean: number
  /** Yesterday's total against the same day a week earlier; NaN is unknown. */
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

/**
 * The features of the past are what is known at the origin: nothing later can be read.
 * @param into takes the value features, in the order of the plan; NaN is unknown. A station asks for
 *   six thousand cells in a process that has just begun, so that little is allocated for each.
 */
export function pastOfCell(asked: CellAsked, into: Float64Array): PastOfCell {
  const { known, cell, leadDays, usual } = asked
  const week = 7 * Math.ceil(leadDays / 7)
  putLags(asked, week, into)
  const weekday = sameWeekday(known, cell, week)
  const slotMean = sameSlotMean(known, cell, leadDays)
  const perDay = cellsOfDays(known.grid, 1)
  const end = cell - cellsOfDays(known.grid, leadDays)
  const dayMean = meanBetween(known, end - perDay + 1, end)
  const lastWeekDay = meanBetween(known, end - 8 * perDay + 1, end - 7 * perDay)
  into[11] = weekday.mean
  into[12] = weekday.median
  into[13] = slotMean
  into[14] = dayMean
  into[15] = meanBetween(known, end - 7 * perDay + 1, end)
  into[16] = meanBetween(known, end - 28 * perDay + 1, end)
  const level = levelAt(asked, end)
  return {
    weekdayMean: weekday.mean,
    dayRatio: dayMean / Math.max(lastWeekDay, 0.05 * usual),
    level,
    naive: firstKnown(into[3]!, into[4]!, firstKnown(weekday.mean, slotMean, level)),
  }
}

function putLags({ known, cell, leadDays }: CellAsked, week: number, into: Float64Array): void {
  const day1 = cellDaysBefore(known, cell, leadDays)
  const week1 = cellDaysBefore(known, cell, week)
  into[0] = valueAt(known, day1)
  into[1] = valueAt(known, cellDaysBefore(known, cell, leadDays + 1))
  into[2] = valueAt(known, cellDaysBefore(known, cell, leadDays + 2))
  into[3] = valueAt(known, week1)
  into[4] = valueAt(known, cellDaysBefore(known, cell, week + 7))
  into[5] = valueAt(known, day1 - 1)
  into[6] = valueAt(known, day1 - 2)
  into[7] = valueAt(known, week1 - 2)
  into[8] = valueAt(known, week1 - 1)
  into[9] = valueAt(known, week1 + 1)
  into[10] = valueAt(known, week1 + 2)
}

/** Of the same local time on this weekday of four weeks, the latest a week or more before. */
function sameWeekday(
  known: KnownSeries,
  cell: number,
  firstDays: number,
): { readonly mean: number; readonly median: number } {
  const rising: number[] = []
  let sum = 0
  for (let weeks = 0; weeks < 4; weeks += 1) {
    const value = valueAt(known, cellDaysBefore(known, cell, firstDays + 7 * weeks))
    if (Number.isNaN(value)) continue
    sum += value
    insert(rising, value)
  }
  const middle = rising.length >> 1
  const high = rising[middle] ?? Number.NaN
  const even = rising.length % 2 === 0
  const median = even ? (high + (rising[middle - 1] ?? Number.NaN)) / 2 : high
  return { mean: rising.length === 0 ? Number.NaN : sum / rising.length, median }
}

function insert(rising: number[], value: number): void {
  rising.push(value)
  for (let at = rising.length - 1; at > 0 && rising[at - 1]! > value; at -= 1) {
    rising[at] = rising[at - 1]!
    rising[at - 1] = value
  }
}

/** Mean of the same local time on seven days. */
function sameSlotMean(known: KnownSeries, cell: number, firstDays: number): number {
  let sum = 0
  let count = 0
  for (let days = firstDays; days < firstDays + 7; days += 1) {
    const value = valueAt(known, cellDaysBefore(known, cell, days))
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count === 0 ? Number.NaN : sum / count
}

/** Of the week before, or of four where little of the week is known. */
function levelAt({ known, usual }: CellAsked, end: number): number {
  const perDay = cellsOfDays(known.grid, 1)
  const enough = (7 * perDay) / 4
  const days = [7, 28].find((one) => knownBetween(known, end - one * perDay + 1, end) >= enough)
  const mean = days === undefined ? usual : meanBetween(known, end - days * perDay + 1, end)
  return Math.max(mean, 0.1 * usual, 1e-6)
}

/** The first that is known; the last where none is. */
function firstKnown(first: number, second: number, third: number): number {
  if (!Number.isNaN(first)) return first
  return Number.isNaN(second) ? third : second
}
