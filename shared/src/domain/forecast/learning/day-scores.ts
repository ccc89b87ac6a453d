import { bandOf, sliceBand, type TimedOutcome } from '../interval/conformal.ts'
import type { SteeredSpan, ToldSpan } from '../interval/steering.ts'
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

/** The local days of times that rise, as spans of them. */
export function localDays(at: Float64Array): readonly ToldSpan[] {
  const spans: ToldSpan[] = []
  for (let start = 0; start < at.length;) {
    const day = localDay(at[start]!)
    let end = start + 1
    while (end < at.length && localDay(at[end]!) === day) end += 1
    spans.push({ start, end })
    start = end
  }
  return spans
}

/**
 * The days of a series, each by the band it was told with, so that the cover is no flattery of the
 * correction by its own outcomes.
 */
export function seriesDays(
  line: TimedOutcome,
  { naive, told }: { readonly naive: Float64Array; readonly told: readonly SteeredSpan[] },
): readonly SeriesDay[] {
  return told.map(({ start, end, stretch }): SeriesDay => {
    const { low, high } = bandOf(sliceBand(line, start, end), stretch)
    let [error, naiveError, inside] = [0, 0, 0]
    for (let row = start; row < end; row += 1) {
      const y = line.actual[row]!
      error += Math.abs(y - line.median[row]!)
      naiveError += Math.abs(y - naive[row]!)
      inside += y >= low[row - start]! && y <= high[row - start]! ? 1 : 0
    }
    return { day: localDay(line.at[start]!), error, naiveError, inside, quarters: end - start }
  })
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
