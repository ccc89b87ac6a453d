import type { Combination } from '../backtest/combine.ts'
import { combined, type Combined } from '../backtest/combine.ts'
import { naiveMembers } from '../backtest/member-table.ts'
import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import { bandOf, pickBand, stretchOf, type Stretch } from '../interval/conformal.ts'
import type { Instant } from '../../../units/time.ts'
import { membersOf } from './members-of-answers.ts'
import {
  demandTargets,
  horizonQuarters,
  type DemandTarget,
  type PerTarget,
} from './station-demand.ts'
import type { Basis, WeekQuestion } from './week-question.ts'

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
}

/** So many outcomes, twelve days of them, and the start values count no more. */
const outcomesEnough = 1_152
/** Fewer than three days do not correct anything. */
const outcomesLeast = 288

export type Answered = { readonly manifest: ModelManifest; readonly answers: ModelAnswers }

/** The week of a model, or of what stands in for it when no model answered or may answer yet. */
export function weekForecast(question: WeekQuestion, answered: Answered | undefined): WeekForecast {
  const model = question.basis === 'model' ? answered : undefined
  const { set } = question
  const how = model === undefined ? seasonalNaive : combinationOf(model.manifest)
  const rows = Int32Array.from(set.at.keys())
  const members =
    model === undefined
      ? naiveMembers({ set, rows })
      : membersOf(set, model.manifest.recipe, model.answers)
  const made = combined(how, { members, series: set.series })
  const start = model?.manifest.conformalOffsets ?? naiveStretch
  const parts = demandTargets.map((target, place) =>
    targetForecast(question, { target, place, made, start }),
  )
  const byTarget = <T>(of: (part: TargetForecast) => T): PerTarget<T> => ({
    walkInWork: of(parts[0]!),
    arrivals: of(parts[1]!),
    kilograms: of(parts[2]!),
  })
  return {
    basis: question.basis === 'model' && model === undefined ? 'seasonal-naive' : question.basis,
    version: model?.manifest.version ?? null,
    from: question.from,
    calibrated: model !== undefined || isCalibrated(question, parts),
    quarters: byTarget(({ quarters }) => quarters),
    came: byTarget(({ came }) => came),
  }
}

/** Until outcomes say more: counts scatter by their root, and those of days by more. */
const naiveStretch: Stretch = { down: 0.6, up: 0.6 }

const seasonalNaive: Combination = {
  ...{ middle: new Map([['seasonal-naive', 1]]), mean: new Map([['weekday-mean', 1]]) },
  ...{ low: new Map(), high: new Map(), naiveShare: new Map() },
  ...{ rounded: false, band: 'spread', usual: 1 },
}

function combinationOf({ recipe, series }: ModelManifest): Combination {
  const weights = (of: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
    new Map(Object.entries(of))
  const { middle, mean, low, high, rounded, band, usual } = recipe
  return {
    ...{ middle: weights(middle), mean: weights(mean), low: weights(low), high: weights(high) },
    ...{ rounded, band, usual },
    naiveShare: new Map(
      series.flatMap(({ naiveShare }, at) => (naiveShare > 0 ? [[at, naiveShare]] : [])),
    ),
  }
}

/** The errors of a profile are not those of seasonal naive, by which past days are judged. */
function isCalibrated({ basis }: WeekQuestion, parts: readonly TargetForecast[]): boolean {
  const enough = parts.every(({ came }) => came.quarters >= outcomesLeast)
  return enough && basis !== 'shrunk-profile'
}

type TargetForecast = { readonly quarters: readonly QuarterBand[]; readonly came: Came }

type TargetPart = {
  readonly target: DemandTarget
  readonly place: number
  readonly made: Combined
  readonly start: Stretch
}

function targetForecast(
  question: WeekQuestion,
  { target, place, made, start }: TargetPart,
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
  const { low, high } = bandOf(pickBand(made.band, week), stretch)
  const scale = usual[target]
  const quarters = week.map((row, n) => ({
    mean: scale * Math.max(0, made.mean[row]!),
    q10: scale * low[n]!,
    q50: scale * Math.max(low[n]!, made.median[row]!),
    q90: scale * high[n]!,
  }))
  return { quarters, came: cameOf({ past, actual, scale }, { question, made, stretch }) }
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
