import { bandOf, pickBand, type RawBand, type Stretch } from '../interval/conformal.ts'
import { dayMs } from '../series/demand-table.ts'
import { offsetMs } from '../serving/station-demand.ts'
import type { DayScore } from './drift.ts'

/** How one series did on one local day, at a lead of a day. */
export type SeriesDay = {
  /** Local days since 1970-01-01. */
  readonly day: number
  /** Sum of the absolute errors of the median, and of seasonal naive on the same quarters. */
  readonly error: number
  readonly naiveError: number
  readonly inside: number
  readonly quarters: number
}

/** A day of a station, all its series together. */
export type StationDay = DayScore & { readonly day: number }

/** Outcomes of one series, the oldest first, with what was said of them a day before. */
export type JudgedSeries = {
  readonly at: ArrayLike<number>
  readonly actual: Float64Array
  readonly naive: Float64Array
  readonly band: RawBand
}

/**
 * The days of a series. The band of each is corrected by what was known a day before it began, as it
 * was when it was told, so that the cover is no flattery of the correction by its own outcomes.
 * @param correctedBy the stretch that so many outcomes give
 */
export function seriesDays(
  { at, actual, naive, band }: JudgedSeries,
  correctedBy: (known: { readonly band: RawBand; readonly actual: Float64Array }) => Stretch,
): readonly SeriesDay[] {
  const byDay = new Map<number, number[]>()
  for (let row = 0; row < at.length; row += 1) {
    const day = localDay(at[row]!)
    const own = byDay.get(day)
    if (own === undefined) byDay.set(day, [row])
    else own.push(row)
  }
  let known = 0
  return [...byDay].map(([day, rows]): SeriesDay => {
    const knownUntil = day * dayMs - offsetMs - dayMs
    while (known < actual.length && at[known]! <= knownUntil) known += 1
    const stretch = correctedBy({ band: firstRows(band, known), actual: actual.subarray(0, known) })
    const { low, high } = bandOf(pickBand(band, rows), stretch)
    const sum = (of: (row: number, n: number) => number): number =>
      rows.reduce((total, row, n) => total + of(row, n), 0)
    return {
      day,
      error: sum((row) => Math.abs(actual[row]! - band.median[row]!)),
      naiveError: sum((row) => Math.abs(actual[row]! - naive[row]!)),
      inside: sum((row, n) => (actual[row]! >= low[n]! && actual[row]! <= high[n]! ? 1 : 0)),
      quarters: rows.length,
    }
  })
}

/** The first rows of a band, without copying. */
function firstRows({ centre, down, up, median }: RawBand, count: number): RawBand {
  return {
    centre: centre.subarray(0, count),
    down: down.subarray(0, count),
    up: up.subarray(0, count),
    median: median.subarray(0, count),
  }
}

export function localDay(at: number): number {
  return Math.floor((at + offsetMs) / dayMs)
}

/** Fewer quarters of a series are no day to judge by: the node was off, or the day is not over. */
const quartersMin = 48

/**
 * The days of a station: each series counts alike, so that kilograms do not drown vehicles. A day
 * on which a series has too few quarters is left out.
 */
export function stationDays(series: readonly (readonly SeriesDay[])[]): readonly StationDay[] {
  const [first = []] = series
  return first
    .map(({ day }) => series.flatMap((own) => own.filter((one) => one.day === day)))
    .filter((own) => own.length === series.length)
    .filter((own) => own.every(({ quarters }) => quarters >= quartersMin))
    .map((own) => {
      const sum = (of: (one: SeriesDay) => number): number =>
        own.reduce((total, one) => total + of(one), 0)
      const quarters = sum((one) => one.quarters)
      return {
        day: own[0]?.day ?? 0,
        // A day that repeats the week before says nothing against the model.
        ratio:
          sum(({ error, naiveError }) => (naiveError > 0 ? error / naiveError : 1)) / own.length,
        cover: sum(({ inside }) => inside) / quarters,
        quarters,
      }
    })
    .toSorted((a, b) => a.day - b.day)
}
