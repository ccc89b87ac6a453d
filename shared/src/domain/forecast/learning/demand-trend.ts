import { dayMs } from '../series/demand-table.ts'
import { offsetMs, quartersPerDay, type QuarterCount } from '../serving/station-demand.ts'
import { medianOf } from '../series/median.ts'

/** What a station gave on one local day; a day that was not recorded whole is not there. */
export type DayTotal = { readonly day: number; readonly value: number }

export type DemandTrend = {
  /** Mean of the latest four weeks, a day. */
  readonly perDay: number
  /** Median over the latest 28 days of each by the same weekday four weeks before; null below eight weeks. */
  readonly ratio: number | null
  /** Theil-Sen slope of the weeks, as a share of their median, a week. */
  readonly slope: number | null
  /** Mann-Kendall's two-sided p. */
  readonly p: number | null
  readonly weeks: readonly DayTotal[]
}

/** Share of a day's quarters that must be recorded. */
const wholeShare = 0.9
const span = 28
const pairsMin = 14
/** Mann-Kendall's normal approximation is good from ten values on. */
const weeksMin = 10
const weeksMax = 104

/** Days that were recorded nearly whole, with their kilograms or their vehicles. */
export function dayTotals(
  counts: readonly QuarterCount[],
  of: (count: QuarterCount) => number,
): readonly DayTotal[] {
  const days = new Map<number, { sum: number; quarters: number }>()
  for (const count of counts) {
    const day = Math.floor((count.start + offsetMs) / dayMs)
    const before = days.get(day) ?? { sum: 0, quarters: 0 }
    days.set(day, { sum: before.sum + of(count), quarters: before.quarters + 1 })
  }
  return [...days]
    .filter(([, { quarters }]) => quarters >= wholeShare * quartersPerDay)
    .map(([day, { sum, quarters }]) => ({ day, value: (sum * quartersPerDay) / quarters }))
    .toSorted((a, b) => a.day - b.day)
}

/**
 * Whether a station gives more or less than it did, by rules a closed week or a festival does not
 * sway (forecasting.md section 6, Fuel trend): the median of weekday-aligned ratios of 28 days, the
 * median of all slopes between two weeks (Theil 1950, Sen 1968), and the test of Mann and Kendall.
 */
export function demandTrend(days: readonly DayTotal[]): DemandTrend {
  const last = days.at(-1)?.day ?? 0
  const byDay = new Map(days.map(({ day, value }) => [day, value]))
  const latest = days.filter(({ day }) => day > last - span)
  const perDay = latest.reduce((sum, { value }) => sum + value, 0) / Math.max(1, latest.length)
  const ratios = latest.flatMap(({ day, value }) => {
    const before = byDay.get(day - span)
    return before === undefined || before <= 0 ? [] : [value / before]
  })
  const weeks = weeksOf(days)
  const enough = weeks.length >= weeksMin
  const level = medianOf(weeks.map(({ value }) => value))
  return {
    perDay,
    ratio: ratios.length < pairsMin ? null : medianOf(ratios),
    slope: enough && level > 0 ? theilSen(weeks) / level : null,
    p: enough ? mannKendall(weeks.map(({ value }) => value)) : null,
    weeks,
  }
}

/** Means of whole weeks that end with the last day; a week with fewer than five days says nothing. */
function weeksOf(days: readonly DayTotal[]): readonly DayTotal[] {
  const last = days.at(-1)?.day ?? 0
  const weeks = new Map<number, number[]>()
  for (const { day, value } of days) {
    const back = Math.floor((last - day) / 7)
    if (back >= weeksMax) continue
    const own = weeks.get(back)
    if (own === undefined) weeks.set(back, [value])
    else own.push(value)
  }
  return [...weeks]
    .filter(([, values]) => values.length >= 5)
    .map(([back, values]) => ({
      day: last - 7 * back - 6,
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
    }))
    .toSorted((a, b) => a.day - b.day)
}

/** Median of the slopes between every two weeks, a week. */
export function theilSen(weeks: readonly DayTotal[]): number {
  const slopes = weeks.flatMap((a, n) =>
    weeks.slice(n + 1).map((b) => (7 * (b.value - a.value)) / (b.day - a.day)),
  )
  return medianOf(slopes)
}

/** Two-sided p of no trend, ties corrected, with the normal approximation (Mann 1945, Kendall 1975). */
export function mannKendall(values: readonly number[]): number {
  const n = values.length
  let score = 0
  for (let a = 0; a < n; a += 1) {
    for (let b = a + 1; b < n; b += 1) score += Math.sign(values[b]! - values[a]!)
  }
  const ties = new Map<number, number>()
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1)
  const part = (count: number): number => count * (count - 1) * (2 * count + 5)
  const tied = [...ties.values()].reduce((sum, count) => sum + part(count), 0)
  const variance = (part(n) - tied) / 18
  if (score === 0 || variance <= 0) return 1
  const z = (Math.abs(score) - 1) / Math.sqrt(variance)
  return Math.min(1, 2 * upperTail(z))
}

/** P(Z > z) of the normal, within 7.5e-8 (Abramowitz and Stegun 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * z)
  const poly =
    t *
    (0.319_381_530 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
}
