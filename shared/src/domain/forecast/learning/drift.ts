/** How a model did on one day, against seasonal naive on the same quarters. */
export type DayScore = {
  /** Absolute error of the model over that of seasonal naive; above 1 it was the worse one. */
  readonly ratio: number
  /** Share of the day's outcomes inside the band, 0 to 1. */
  readonly cover: number
  readonly quarters: number
  /** Local days since 1970-01-01, where it is known. */
  readonly day?: number
}

export type DriftAlarm = 'ratio_rising' | 'coverage_out' | 'naive_better_three_days'

/** What to do about it, the mildest first. */
export type DriftAnswer = {
  readonly alarms: readonly DriftAlarm[]
  /** At once: by how much the sides of the band are stretched; 1 leaves them. */
  readonly widen: number
  readonly retrain: boolean
  readonly fallBack: boolean
}

/** Rise of the mean that Page-Hinkley lets pass, and the sum at which it alarms. */
const allowance = 0.02
const threshold = 0.5
const coverageDays = 7
const coverWithin = { low: 0.7, high: 0.9 } as const
const worseDays = 3
/** Two unrecorded days or days of an event between them are no interruption; a week is. */
const worseWithinDays = 5

/** Daily look at a model's days, the oldest first (forecasting.md section 6, Drift). */
export function driftOf(days: readonly DayScore[]): DriftAnswer {
  const rising = pageHinkley(days.map(({ ratio }) => ratio))
  const week = days.slice(-coverageDays)
  const cover = coverOf(week)
  const out = week.length === coverageDays && (cover < coverWithin.low || cover > coverWithin.high)
  const fallBack = wasWorse(days.slice(-worseDays))
  const alarms: DriftAlarm[] = []
  if (rising) alarms.push('ratio_rising')
  if (out) alarms.push('coverage_out')
  if (fallBack) alarms.push('naive_better_three_days')
  return {
    alarms,
    widen: out && cover < coverWithin.low ? 0.8 / Math.max(0.4, cover) : 1,
    retrain: alarms.length > 0,
    fallBack,
  }
}

function wasWorse(last: readonly DayScore[]): boolean {
  const near = (last.at(-1)?.day ?? 0) - (last[0]?.day ?? 0) < worseWithinDays
  return near && last.length === worseDays && last.every(({ ratio }) => ratio > 1)
}

/**
 * Page's test for a rise of the mean (Page 1954; Hinkley 1971): the sum of what each value lies above
 * the mean so far, less an allowance, has risen by the threshold from its least.
 */
export function pageHinkley(values: readonly number[]): boolean {
  let mean = 0
  let sum = 0
  let least = 0
  return values.some((value, at) => {
    mean += (value - mean) / (at + 1)
    sum += value - mean - allowance
    least = Math.min(least, sum)
    return sum - least > threshold
  })
}

function coverOf(days: readonly DayScore[]): number {
  const quarters = days.reduce((sum, day) => sum + day.quarters, 0)
  const inside = days.reduce((sum, day) => sum + day.cover * day.quarters, 0)
  return inside / Math.max(1, quarters)
}

/** Above this a covariate no longer is what the model has learned it to be. */
export const stabilityMax = 0.2

/**
 * Population stability index over the tenths of the values a model was trained on:
 * Σ (now − then)·ln(now/then); empty tenths count as half a value.
 */
export function stabilityIndex(then: readonly number[], now: readonly number[]): number {
  const known = then.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)
  const seen = now.filter((value) => !Number.isNaN(value))
  if (known.length === 0 || seen.length === 0) return 0
  const edges = [...new Set(tenths.map((share) => known[Math.floor(share * known.length)]!))]
  const before = sharesOf(known, edges)
  const after = sharesOf(seen, edges)
  return before.reduce((sum, was, at) => sum + (after[at]! - was) * Math.log(after[at]! / was), 0)
}

const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

function sharesOf(values: readonly number[], edges: readonly number[]): readonly number[] {
  const counts = new Array<number>(edges.length + 1).fill(0)
  for (const value of values) {
    const place = edges.findIndex((edge) => value < edge)
    const at = place < 0 ? edges.length : place
    counts[at] = counts[at]! + 1
  }
  return counts.map((count) => Math.max(0.5, count) / values.length)
}
