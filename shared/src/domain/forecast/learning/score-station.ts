import { present } from '../../../faults/assert.ts'
import { dayNumber, instant, type DayNumber } from '../../../units/time.ts'
import { istDayStart } from '../../../units/ist-calendar.ts'
import { dayMs } from '../series/demand-table.ts'
import {
  demandTargets,
  quarterMs,
  quartersPerDay,
  valueOf,
  type DemandTarget,
} from '../serving/station-demand.ts'
import type { QuarterBand } from '../serving/target-forecast.ts'
import type { WeekForecast } from '../serving/week-forecast.ts'
import type { Basis } from '../serving/week-question.ts'
import { pickRows, type FeatureTable } from '../trees/feature-table.ts'
import {
  cameOf,
  weekAt,
  type Came,
  type RunnableModel,
  type StationHistory,
  type WeekOf,
} from './weeks-of-models.ts'

/** One day of one target as it was forecast, and what came of it as far as it was recorded. */
export type ScoredDay = {
  readonly station: number
  readonly target: DemandTarget
  readonly day: DayNumber
  /** Days ahead, from 1. */
  readonly lead: number
  readonly version: number | null
  readonly basis: Basis
  readonly bands: readonly QuarterBand[]
  /** Recorded quarters with a value a week earlier; 0 for a day that is still to come. */
  readonly quarters: number
  /** Sums over those quarters, as the target is measured. */
  readonly came: number
  readonly error: number
  readonly naiveError: number
  readonly inside: number
}

export type StationScore = {
  readonly days: readonly ScoredDay[]
  /** Rows of features of the last week at a lead of a day; undefined where no model answers. */
  readonly inputs: FeatureTable | undefined
}

/**
 * One station at the start of a local day: the week that is over as it was forecast at its start, at
 * leads of one to seven days; yesterday at a lead of one; and the week ahead, still without outcomes.
 */
export function scoreStation(
  history: StationHistory,
  { model, today }: { readonly model: RunnableModel | undefined; readonly today: DayNumber },
): StationScore {
  const came = cameOf(history, istDayStart(today))
  const from = (first: number, days: number) => {
    const day = dayNumber(first)
    const week = weekAt(history, istDayStart(day), model)
    return { week, days: week === undefined ? [] : daysOf(came, week.forecast, { day, days }) }
  }
  const ahead = from(today, 7)
  return {
    days: [...from(today - 7, 7).days, ...from(today - 1, 1).days, ...ahead.days],
    inputs: ahead.week && lastWeekRows(ahead.week),
  }
}

/** The judged rows lie target by target, each the oldest first. */
function lastWeekRows({ rows, judged }: WeekOf): FeatureTable | undefined {
  if (rows === undefined) return undefined
  const each = Math.floor(judged / demandTargets.length)
  const wanted = Math.min(each, 7 * quartersPerDay)
  const picked = demandTargets.flatMap((_, place) =>
    Array.from({ length: wanted }, (_row, n) => (place + 1) * each - wanted + n),
  )
  return pickRows(rows.table, Int32Array.from(picked))
}

type Days = { readonly day: DayNumber; readonly days: number }

function daysOf(came: Came, forecast: WeekForecast, { day, days }: Days): readonly ScoredDay[] {
  return demandTargets.flatMap((target) =>
    Array.from({ length: days }, (_, n) => {
      const one = dayNumber(day + n)
      const bands = forecast.quarters[target].slice(n * quartersPerDay, (n + 1) * quartersPerDay)
      const { version, basis } = forecast
      const what = { station: came.station, target, day: one, lead: n + 1, version, basis, bands }
      return { ...what, ...scoreOf(came, target, { start: istDayStart(one), bands }) }
    }),
  )
}

function scoreOf(
  { byStart }: Came,
  target: DemandTarget,
  { start, bands }: { readonly start: number; readonly bands: readonly QuarterBand[] },
) {
  const sums = { quarters: 0, came: 0, error: 0, naiveError: 0, inside: 0 }
  bands.forEach((band, n) => {
    const at = start + n * quarterMs
    const [now, lastWeek] = [byStart.get(instant(at)), byStart.get(instant(at - 7 * dayMs))]
    if (now === undefined || lastWeek === undefined) return
    const value = valueOf(now, target)
    sums.quarters += 1
    sums.came += value
    sums.error += Math.abs(value - band.q50)
    sums.naiveError += Math.abs(value - valueOf(lastWeek, target))
    if (value >= band.q10 && value <= band.q90) sums.inside += 1
  })
  return sums
}

/** The days of a station at a lead of one, as the drift is found by, from what was kept of each target. */
export function seriesByTarget(days: readonly ScoreRow[]): readonly (readonly ScoreRow[])[] {
  return demandTargets.map((target) => days.filter((one) => one.target === target))
}

export type ScoreRow = Pick<
  ScoredDay,
  'target' | 'day' | 'error' | 'naiveError' | 'inside' | 'quarters'
>

/** Bands as they are kept: four numbers a quarter, three digits each. */
export function packBands(bands: readonly QuarterBand[]): readonly (readonly number[])[] {
  const short = (value: number): number => Math.round(1e3 * value) / 1e3
  return bands.map(({ mean, q10, q50, q90 }) => [mean, q10, q50, q90].map(short))
}

export function unpackBands(packed: readonly (readonly number[])[]): readonly QuarterBand[] {
  return packed.map((four) => {
    const at = (place: number): number => present(four[place], 'a number of a band')
    return { mean: at(0), q10: at(1), q50: at(2), q90: at(3) }
  })
}
