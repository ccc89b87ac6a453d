import type { Combined } from '../backtest/combine.ts'
import {
  bandOf,
  pickBand,
  sliceBand,
  stretchOf,
  type Outcome,
  type Stretch,
  type TimedOutcome,
} from '../interval/conformal.ts'
import { steeredSpans, type ToldSpan } from '../interval/steering.ts'
import { localDays, seriesDays, type SeriesDay } from '../learning/day-scores.ts'
import { dayMs } from '../series/demand-table.ts'
import { horizonQuarters, quartersPerDay, type DemandTarget } from './station-demand.ts'
import type { WeekQuestion } from './week-question.ts'

/** Forecast of one quarter hour as the target is measured: minutes of work, vehicles or kilograms. */
export type QuarterBand = {
  readonly mean: number
  readonly q10: number
  readonly q50: number
  readonly q90: number
}

/** How the forecasts that have come true did, at a lead of one day. */
export type Came = {
  readonly quarters: number
  readonly mae: number
  readonly naiveMae: number
  /** Share of the outcomes between q10 and q90 as they were told, 0 to 1. */
  readonly cover: number
}

/** So many outcomes, twelve days of them, and the start values count no more. */
const outcomesEnough = 1_152
/** Fewer than three days do not correct anything. */
export const outcomesLeast = 288

export type TargetForecast = {
  /** @param widen by how much the sides are stretched at least, beside the fit */
  readonly quarters: (widen: number) => readonly QuarterBand[]
  readonly came: Came
  readonly days: readonly SeriesDay[]
  readonly judged: {
    readonly rows: readonly number[]
    readonly actual: Float64Array
    readonly median: Float64Array
  }
}

export type TargetPart = {
  readonly target: DemandTarget
  readonly place: number
  readonly made: Combined
  /** Of the bundle, until outcomes say more. */
  readonly start: Stretch
}

/**
 * One target of the week: its band is fitted to the outcomes of the judged days and steered by what
 * it missed of them, each day by what was known when it was told and the week by all of it.
 */
export function targetForecast(
  question: WeekQuestion,
  { target, place, made, start }: TargetPart,
): TargetForecast {
  const { set, judged, usual } = question
  const first = judged + place * horizonQuarters
  const week = Array.from({ length: horizonQuarters }, (_, n) => first + n)
  const past = judgedRows(question, first)
  const line = lineOf(question, made, [...past, ...week])
  const told = steeredSpans({
    line,
    spans: [...localDays(line.at.subarray(0, past.length)), spanOf(past.length, week.length)],
    leadMs: dayMs,
    perDay: quartersPerDay,
    fit: (known) => correctedBy(start, line, known),
  })
  const ahead = told.at(-1)!
  const ofWeek = sliceBand(line, past.length, line.at.length)
  const scale = usual[target]
  const quarters: TargetForecast['quarters'] = (widen) => {
    const more = Math.max(1, widen / ahead.wider)
    const stretch = { down: more * ahead.stretch.down, up: more * ahead.stretch.up }
    const { low, high } = bandOf(ofWeek, stretch)
    return week.map((row, n) => ({
      mean: scale * Math.max(0, made.mean[row]!),
      q10: scale * low[n]!,
      q50: scale * Math.max(low[n]!, made.median[row]!),
      q90: scale * high[n]!,
    }))
  }
  const naive = Float64Array.from(past, (row) => set.naive[row]!)
  const days = seriesDays(line, { naive, told: told.slice(0, -1) })
  const own = line.actual.subarray(0, past.length)
  const median = line.median.subarray(0, past.length)
  return { quarters, came: cameOf(days, scale), days, judged: { rows: past, actual: own, median } }
}

const spanOf = (start: number, length: number): ToldSpan => ({ start, end: start + length })

/** Rows of the series whose week begins at `first`, that have come. */
function judgedRows({ set, judged }: WeekQuestion, first: number): readonly number[] {
  const series = set.series[first]!
  const rows: number[] = []
  for (let row = 0; row < judged; row += 1) if (set.series[row] === series) rows.push(row)
  return rows
}

/** What was told of the rows and what came of them; nothing is known of the week ahead. */
function lineOf(
  { set, judged }: WeekQuestion,
  { band }: Combined,
  rows: readonly number[],
): TimedOutcome {
  return {
    ...pickBand(band, rows),
    actual: Float64Array.from(rows, (row) => (row < judged ? set.target[row]! : Number.NaN)),
    at: Float64Array.from(rows, (row) => set.at[row]!),
  }
}

/**
 * Adaptive conformal from the station's own errors, each of which was known a day later. The start
 * values of the bundle fade out as outcomes come in.
 */
function correctedBy(start: Stretch, line: TimedOutcome, known: number): Stretch {
  if (known < outcomesLeast) return start
  const outcome: Outcome = { ...sliceBand(line, 0, known), actual: line.actual.subarray(0, known) }
  const own = stretchOf(outcome)
  const share = Math.min(1, known / outcomesEnough)
  return {
    down: share * own.down + (1 - share) * start.down,
    up: share * own.up + (1 - share) * start.up,
  }
}

function cameOf(days: readonly SeriesDay[], scale: number): Came {
  const sum = (of: (day: SeriesDay) => number): number =>
    days.reduce((total, day) => total + of(day), 0)
  const quarters = sum((day) => day.quarters)
  const rows = Math.max(1, quarters)
  return {
    quarters,
    mae: (scale * sum(({ error }) => error)) / rows,
    naiveMae: (scale * sum(({ naiveError }) => naiveError)) / rows,
    cover: sum(({ inside }) => inside) / rows,
  }
}
