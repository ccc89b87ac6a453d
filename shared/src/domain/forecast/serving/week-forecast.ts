import { combined } from '../backtest/combine.ts'
import { naiveMembers, type MemberTable } from '../backtest/member-table.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import { stationDays, type StationDay } from '../learning/day-scores.ts'
import { driftOf } from '../learning/drift.ts'
import { weighted } from '../pool/choose-weights.ts'
import type { Instant } from '../../../units/time.ts'
import { combinationOf, naiveStretch, seasonalNaive } from './station-combination.ts'
import { stationLevels } from './station-levels.ts'
import { demandTargets, type PerTarget } from './station-demand.ts'
import {
  outcomesLeast,
  targetForecast,
  type Came,
  type QuarterBand,
  type TargetForecast,
} from './target-forecast.ts'
import { withProfile, type Basis, type WeekQuestion } from './week-question.ts'

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

/** A week of quarters: a station's own backtest before it uses a model of the others. */
const wonOn = 672

/** A model and what its members say of every row of the question. */
export type Answered = { readonly manifest: ModelManifest; readonly members: MemberTable }

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
  const { version } = model.manifest
  return { ...told(question, parts, drift.widen), version, calibrated: true, days }
}

/** By seasonal naive, or by the profile that stands in the place of last week. */
function standIn(question: WeekQuestion): WeekForecast {
  const parts = partsOf(question, undefined)
  const basis = question.basis === 'model' ? 'seasonal-naive' : question.basis
  const calibrated = isCalibrated(question, parts)
  return { ...told({ ...question, basis }, parts), calibrated }
}

function told(
  { basis, from }: WeekQuestion,
  parts: readonly TargetForecast[],
  widen = 1,
): WeekForecast {
  const byTarget = <T>(of: (part: TargetForecast) => T): PerTarget<T> => ({
    walkInWork: of(parts[0]!),
    arrivals: of(parts[1]!),
    kilograms: of(parts[2]!),
  })
  return {
    ...{ basis, version: null, from, calibrated: false, days: [] },
    quarters: byTarget(({ quarters }) => quarters(widen)),
    came: byTarget(({ came }) => came),
  }
}

function partsOf(question: WeekQuestion, model: Answered | undefined): readonly TargetForecast[] {
  const { set } = question
  const how = model === undefined ? seasonalNaive : combinationOf(model.manifest)
  const rows = Int32Array.from(set.at.keys())
  const members = model === undefined ? naiveMembers({ set, rows }) : model.members
  const ask = { members, series: set.series }
  const made =
    model === undefined
      ? combined(how, ask)
      : combined(how, {
          ...ask,
          factors: stationLevels(question, weighted(members.mean, how.mean)),
        })
  const start = model?.manifest.conformalOffsets ?? naiveStretch
  return demandTargets.map((target, place) =>
    targetForecast(question, { target, place, made, start }),
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
