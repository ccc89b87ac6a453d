import { adaptStretch } from '../interval/adaptive.ts'
import { bandOf, pickBand, type TimedOutcome } from '../interval/conformal.ts'
import { levelFactors } from '../interval/level-bias.ts'
import { boostAnswers, forestAnswers } from '../pool/answers.ts'
import type { FitJob, Fitted } from '../pool/fit-job.ts'
import { jobOf, sparseBelow, treesMax, withTrees, type LearnerName } from '../pool/learners.ts'
import { meanAbsolute, meanSquare, pinball } from '../pool/scores.ts'
import { scales, type RowSet, type Scale } from '../pool/training-set.ts'
import { combine, combined, type Combination, type Combined, type Judged } from './combine.ts'
import { foldsOf, type Fold } from './folds.ts'
import {
  allMembers,
  joinTables,
  naiveMembers,
  type FittedMembers,
  type MemberTable,
} from './member-table.ts'
import type { Prepared } from './prepare.ts'

/** Forecasts in the order of the future, and how they were made. */
export type ForecastRun = {
  readonly mean: Float64Array
  readonly low: Float64Array
  readonly median: Float64Array
  readonly high: Float64Array
  readonly combination: Combination
  /** What the choice was made on: outcomes the members had not seen. */
  readonly judged: Judged
  /** Undefined when the history is too short for a learned model. */
  readonly learned: { readonly scale: Scale; readonly members: FittedMembers } | undefined
}

/** Work that another thread may do: yields jobs and takes the models back in the same order. */
export type Fitting<T> = Generator<readonly FitJob[], T, readonly Fitted[]>

const stages = [50, 100, 150, 200, 250, treesMax]
const boostedNames = ['low', 'middle', 'high'] as const

/**
 * Chooses scale, size and mixture of the models by rolling origins inside the history, trains once
 * on all of it, and forecasts the future with bands corrected by what is known a day before.
 */
export function* forecastRun(prepared: Prepared, seed: number): Fitting<ForecastRun> {
  const { training } = prepared
  const folds = foldsOf(training)
  if (folds.length === 0) return withoutLearning(prepared)
  const size = { rows: training.at.length, sparse: prepared.usual < sparseBelow }
  const job = (name: LearnerName, scale: Scale, before: number): FitJob =>
    jobOf(name, { size, scale, before, seed })
  const firstJobs = scales.flatMap((scale) =>
    folds.flatMap(({ from }) => [job('mean', scale, from), job('forest', scale, from)]),
  )
  const first = yield firstJobs
  const scale = bestScale(training, folds, first)
  const quantileJobs = folds.flatMap(({ from }) =>
    boostedNames.map((name) => job(name, scale, from)),
  )
  const quantiles = yield quantileJobs
  const byFold = folds.map((fold, at): FittedMembers => {
    const ofScale = first.slice(4 * scales.indexOf(scale) + 2 * at)
    const ofFold = quantiles.slice(3 * at)
    return new Map<LearnerName, Fitted>([
      ['mean', ofScale[0]!],
      ['forest', ofScale[1]!],
      ...boostedNames.map((name, place): [LearnerName, Fitted] => [name, ofFold[place]!]),
    ])
  })
  const trees = bestTrees(training, folds, byFold)
  const tables = folds.map(({ rows }, at) =>
    allMembers(cut(byFold[at]!, trees), { set: training, rows }),
  )
  const judged = judgedOf(prepared, joinTables(tables), rowsOf(folds))
  const combination = combine(judged)
  const names: readonly LearnerName[] = ['mean', 'forest', ...boostedNames]
  const lastJobs = names.map((name) =>
    withTrees(job(name, scale, Number.POSITIVE_INFINITY), trees.get(name) ?? treesMax),
  )
  const last = yield lastJobs
  const members: FittedMembers = new Map(names.map((name, at) => [name, last[at]!]))
  const every = Int32Array.from(prepared.future.at.keys())
  const table = allMembers(members, { set: prepared.future, rows: every })
  return finish(prepared, { judged, combination, table, learned: { scale, members } })
}

function withoutLearning(prepared: Prepared): ForecastRun {
  const { training, future } = prepared
  const all = Int32Array.from(training.at.keys())
  const judged = judgedOf(prepared, naiveMembers({ set: training, rows: all }), all)
  const every = Int32Array.from(future.at.keys())
  const table = naiveMembers({ set: future, rows: every })
  return finish(prepared, { judged, combination: combine(judged), table, learned: undefined })
}

function rowsOf(folds: readonly Fold[]): Int32Array {
  return Int32Array.from(folds.flatMap(({ rows }) => [...rows]))
}

type TimedJudged = Judged & { readonly at: Float64Array }

function judgedOf(prepared: Prepared, members: MemberTable, rows: Int32Array): TimedJudged {
  const { training, usual, whole } = prepared
  return {
    members,
    usual: Math.max(usual, 1e-6),
    whole,
    actual: Float64Array.from(rows, (row) => training.target[row]!),
    series: Int32Array.from(rows, (row) => training.series[row]!),
    at: Float64Array.from(rows, (row) => training.at[row]!),
  }
}

/** What is no difference between two scales: then the one that follows a new level is taken. */
const tieBelow = 1.01

/** The scale on which the mean of a boosted model and a forest errs least. */
function bestScale(set: RowSet, folds: readonly Fold[], fitted: readonly Fitted[]): Scale {
  const losses = scales.map((_, place) =>
    folds.reduce((sum, { rows }, at) => {
      const boosted = fitted[4 * place + 2 * at]!
      const forest = fitted[4 * place + 2 * at + 1]!
      const actual = Float64Array.from(rows, (row) => set.target[row]!)
      const ofBoost = boostAnswers(boosted, { set, rows }, [treesMax])[0]!
      const ofForest = forestAnswers(forest, { set, rows }).middle
      const mean = ofBoost.map((value, row) => (value + ofForest[row]!) / 2)
      return sum + meanAbsolute(actual, mean) * rows.length
    }, 0),
  )
  const best = scales[losses.indexOf(Math.min(...losses))] ?? 'plain'
  const level = losses[scales.indexOf('level')] ?? Number.POSITIVE_INFINITY
  return best === 'plain' && level <= tieBelow * Math.min(...losses) ? 'level' : best
}

/** For each boosted member the number of trees after which it erred least. */
function bestTrees(
  set: RowSet,
  folds: readonly Fold[],
  byFold: readonly FittedMembers[],
): ReadonlyMap<LearnerName, number> {
  const shares = { low: 0.1, middle: 0.5, high: 0.9 }
  const out = new Map<LearnerName, number>()
  for (const name of ['mean', ...boostedNames] as const) {
    const losses = stages.map(() => 0)
    folds.forEach(({ rows }, at) => {
      const fitted = byFold[at]?.get(name)
      if (fitted === undefined) return
      const actual = Float64Array.from(rows, (row) => set.target[row]!)
      boostAnswers(fitted, { set, rows }, stages).forEach((answers, stage) => {
        const loss =
          name === 'mean' ? meanSquare(actual, answers) : pinball(shares[name], actual, answers)
        losses[stage] = losses[stage]! + loss * rows.length
      })
    })
    out.set(name, stages[losses.indexOf(Math.min(...losses))] ?? treesMax)
  }
  return out
}

function cut(members: FittedMembers, trees: ReadonlyMap<LearnerName, number>): FittedMembers {
  return new Map(
    [...members].map(([name, fitted]): [LearnerName, Fitted] => {
      const kept = fitted.ensemble.trees.slice(0, trees.get(name) ?? Number.POSITIVE_INFINITY)
      return [name, { ...fitted, ensemble: { ...fitted.ensemble, trees: kept } }]
    }),
  )
}

/** Rows of a day, and the outcomes one correction looks at: six weeks, enough of them to be steady. */
function windowOf({ laid, training }: Prepared): {
  readonly perDay: number
  readonly window: number
} {
  const active = Math.max(1, new Set(training.series).size)
  const perDay = Math.max(1, 86_400_000 / laid.stepMs) * active
  return { perDay, window: Math.min(20_000, Math.max(700, Math.round(42 * perDay))) }
}

type RunParts = {
  readonly judged: TimedJudged
  readonly combination: Combination
  readonly table: MemberTable
  readonly learned: ForecastRun['learned']
}

/** Past and future forecasts, each day at the level that its latest known days say. */
function levelled(
  { future }: Prepared,
  { judged, combination, table }: RunParts,
  leadMs: number,
): { readonly past: TimedOutcome; readonly told: Combined } {
  const ahead = { members: table, series: future.series }
  const join = (past: Float64Array, next: Float64Array): Float64Array => {
    const both = new Float64Array(past.length + next.length)
    both.set(past)
    both.set(next, past.length)
    return both
  }
  const factors = levelFactors(
    {
      at: join(judged.at, future.at),
      actual: join(judged.actual, future.target),
      mean: join(combined(combination, judged).mean, combined(combination, ahead).mean),
    },
    leadMs,
  )
  const count = judged.at.length
  const ofPast = combined(combination, { ...judged, factors: factors.subarray(0, count) })
  const told = combined(combination, { ...ahead, factors: factors.subarray(count) })
  return { past: { ...ofPast.band, actual: judged.actual, at: judged.at }, told }
}

function finish(prepared: Prepared, parts: RunParts): ForecastRun {
  const { future } = prepared
  const { judged, combination, learned } = parts
  const leadMs = Math.max(86_400_000, prepared.laid.stepMs)
  const { past, told } = levelled(prepared, parts, leadMs)
  const { mean, median, band } = told
  const order = [...future.at.keys()].sort((a, b) => future.at[a]! - future.at[b]!)
  const ordered = {
    ...pickBand(band, order),
    actual: Float64Array.from(order, (row) => future.target[row]!),
    at: Float64Array.from(order, (row) => future.at[row]!),
  }
  const stretches = adaptStretch({ past, future: ordered, leadMs, ...windowOf(prepared) })
  const low = new Float64Array(order.length)
  const high = new Float64Array(order.length)
  order.forEach((row, place) => {
    const one = bandOf(pickBand(band, [row]), stretches[place]!)
    low[row] = one.low[0]!
    high[row] = one.high[0]!
  })
  const nonNegative = mean.map((value) => Math.max(0, value))
  return { mean: nonNegative, low, median, high, combination, judged, learned }
}
