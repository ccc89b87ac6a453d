import { combined, type Combined } from '../backtest/combine.ts'
import { naiveMembers } from '../backtest/member-table.ts'
import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import { bandOf, pickBand, stretchOf, type Stretch } from '../interval/conformal.ts'
import { seriesDays, stationDays, type SeriesDay, type StationDay } from '../learning/day-scores.ts'
import { driftOf } from '../learning/drift.ts'
import type { Instant } from '../../../units/time.ts'
import { combinationOf, naiveStretch, seasonalNaive } from './station-combination.ts'
import { membersOf } from './members-of-answers.ts'
import { stationLevels } from './station-levels.ts'
import {
  demandTargets,
  horizonQuarters,
  type DemandTarget,
  type PerTarget,
} from './station-demand.ts'
import { withProfile, type Basis, type WeekQuestion } from './week-question.ts'

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
  /** Share of the outcomes between q10 and q90, 0 to 1. */
  readonly cover: number
}

/** A week of quarter hours from `from` on. */
export type WeekForecast = {
  readonly basis: Basis
  /** Version of the model; null without one. */
  readonly version: number | null
  readonly from: Instant
  /** Whether outcomes of this station stand behind the quantiles. */
  readonly calibrated: boolean
  readonly quarters: PerTarget<readonly QuarterBand[]>
  readonly came: PerTarget<Came>
  /** How the model in use did day by day, whether it serves or not; empty without one. */
  readonly days: readonly StationDay[]
}

/** So many outcomes, twelve days of them, and the start values count no more. */
const outcomesEnough = 1_152
/** Fewer than three days do not correct anything. */
const outcomesLeast = 288
/** A week of quarters: a station's own backtest before it uses a model of the others. */
const wonOn = 672

export type Answered = { readonly manifest: ModelManifest; readonly answers: ModelAnswers }

/** What is known of the model beside its answers. */
export type ServeBy = {
  /** It was worse than seasonal naive for days: its answers are judged and not used. */
  readonly fallenBack: boolean
}

/** The week of a model, or of what stands in for it when no model answered or may answer yet. */
export function weekForecast(
  question: WeekQuestion,
  answered: Answered | undefined,
  { fallenBack }: ServeBy = { fallenBack: false },
): WeekForecast {
  const model = question.basis === 'model' ? answered : undefined
  if (model === undefined) return standIn(question)
  const parts = partsOf(question, model)
  const days = stationDays(parts.map(({ days: own }) => own))
  const drift = driftOf(days)
  if (fallenBack || drift.fallBack) return { ...standIn(question), days }
  if (question.pooled !== undefined && !hasWon(parts, question.pooled)) {
    const { pooled } = question
    const set = withProfile(question.set, pooled, question.judged)
    return { ...standIn({ ...question, set, basis: 'pooled-profile' }), days }
  }
  const wide = drift.widen === 1 ? parts : partsOf(question, model, drift.widen)
  return { ...told(question, wide), version: model.manifest.version, calibrated: true, days }
}

/** By seasonal naive, or by the profile that stands in the place of last week. */
function standIn(question: WeekQuestion): WeekForecast {
  const parts = partsOf(question, undefined)
  const basis = question.basis === 'model' ? 'seasonal-naive' : question.basis
  const calibrated = isCalibrated(question, parts)
  return { ...told({ ...question, basis }, parts), calibrated }
}

function told({ basis, from }: WeekQuestion, parts: readonly TargetForecast[]): WeekForecast {
  const byTarget = <T>(of: (part: TargetForecast) => T): PerTarget<T> => ({
    walkInWork: of(parts[0]!),
    arrivals: of(parts[1]!),
    kilograms: of(parts[2]!),
  })
  return {
    ...{ basis, version: null, from, calibrated: false, days: [] },
    quarters: byTarget(({ quarters }) => quarters),
    came: byTarget(({ came }) => came),
  }
}

function partsOf(
  question: WeekQuestion,
  model: Answered | undefined,
  widen = 1,
): readonly TargetForecast[] {
  const { set } = question
  const how = model === undefined ? seasonalNaive : combinationOf(model.manifest)
  const rows = Int32Array.from(set.at.keys())
  const members =
    model === undefined
      ? naiveMembers({ set, rows })
      : membersOf(set, model.manifest.recipe, model.answers)
  const ask = { members, series: set.series }
  const plain = combined(how, ask)
  const made =
    model === undefined
      ? plain
      : combined(how, { ...ask, factors: stationLevels(question, plain.mean) })
  const start = model?.manifest.conformalOffsets ?? naiveStretch
  return demandTargets.map((target, place) =>
    targetForecast(question, { target, place, made, start, widen }),
  )
}

/** A week of judged quarters, in which the model erred less than the profile, all series alike. */
function hasWon(parts: readonly TargetForecast[], pooled: Float64Array): boolean {
  const won = parts.reduce((sum, { judged }) => {
    const { rows, actual, median } = judged
    const own = rows.reduce((total, _, at) => total + Math.abs(actual[at]! - median[at]!), 0)
    const other = rows.reduce((total, row, at) => total + Math.abs(actual[at]! - pooled[row]!), 0)
    return sum + (other > 0 ? own / other : 1)
  }, 0)
  const enough = parts.every(({ judged }) => judged.rows.length >= wonOn)
  return enough && won < parts.length
}

/** The errors of a profile are not those of seasonal naive, by which past days are judged. */
function isCalibrated({ basis }: WeekQuestion, parts: readonly TargetForecast[]): boolean {
  const enough = parts.every(({ came }) => came.quarters >= outcomesLeast)
  return enough && basis !== 'shrunk-profile' && basis !== 'pooled-profile'
}

type TargetForecast = {
  readonly quarters: readonly QuarterBand[]
  readonly came: Came
  readonly days: readonly SeriesDay[]
  readonly judged: {
    readonly rows: readonly number[]
    readonly actual: Float64Array
    readonly median: Float64Array
  }
}

type TargetPart = {
  readonly target: DemandTarget
  readonly place: number
  readonly made: Combined
  readonly start: Stretch
  /** By how much more the sides are stretched, because they have covered too little. */
  readonly widen: number
}

function targetForecast(
  question: WeekQuestion,
  { target, place, made, start, widen }: TargetPart,
): TargetForecast {
  const { set, judged, usual } = question
  const series = set.series[judged + place * horizonQuarters]!
  const past = [...set.at.keys()].filter((row) => row < judged && set.series[row] === series)
  const week = Array.from(
    { length: horizonQuarters },
    (_, n) => judged + place * horizonQuarters + n,
  )
  const actual = Float64Array.from(past, (row) => set.target[row]!)
  const pastBand = pickBand(made.band, past)
  const stretch = correctedBy(start, { ...pastBand, actual })
  const wide = { down: widen * stretch.down, up: widen * stretch.up }
  const { low, high } = bandOf(pickBand(made.band, week), wide)
  const scale = usual[target]
  const quarters = week.map((row, n) => ({
    mean: scale * Math.max(0, made.mean[row]!),
    q10: scale * low[n]!,
    q50: scale * Math.max(low[n]!, made.median[row]!),
    q90: scale * high[n]!,
  }))
  const days = seriesDays(
    {
      at: past.map((row) => set.at[row]!),
      actual,
      naive: Float64Array.from(past, (row) => set.naive[row]!),
      band: pastBand,
    },
    (known) => correctedBy(start, { ...known.band, actual: known.actual }),
  )
  const came = cameOf({ past, actual, scale }, { question, made, stretch })
  return { quarters, came, days, judged: { rows: past, actual, median: pastBand.median } }
}

/**
 * Adaptive conformal from the station's own errors, each of which was known a day later. The start
 * values of the bundle fade out as outcomes come in.
 */
function correctedBy(start: Stretch, outcome: Parameters<typeof stretchOf>[0]): Stretch {
  const { length } = outcome.actual
  if (length < outcomesLeast) return start
  const own = stretchOf(outcome)
  const share = Math.min(1, length / outcomesEnough)
  return {
    down: share * own.down + (1 - share) * start.down,
    up: share * own.up + (1 - share) * start.up,
  }
}

type Past = {
  readonly past: readonly number[]
  readonly actual: Float64Array
  readonly scale: number
}

function cameOf(
  { past, actual, scale }: Past,
  {
    question,
    made,
    stretch,
  }: { readonly question: WeekQuestion; readonly made: Combined; readonly stretch: Stretch },
): Came {
  const { low, high } = bandOf(pickBand(made.band, past), stretch)
  let inside = 0
  let error = 0
  let naiveError = 0
  past.forEach((row, at) => {
    const y = actual[at]!
    if (y >= low[at]! && y <= high[at]!) inside += 1
    error += Math.abs(y - made.median[row]!)
    naiveError += Math.abs(y - question.set.naive[row]!)
  })
  const rows = Math.max(1, past.length)
  return {
    quarters: past.length,
    mae: (scale * error) / rows,
    naiveMae: (scale * naiveError) / rows,
    cover: inside / rows,
  }
}
