import { pickRows, type FeatureTable } from '../trees/feature-table.ts'
import { forestMean, forestQuantile } from '../trees/forest.ts'
import { evaluate } from '../trees/tree.ts'
import type { Fitted } from './fit-job.ts'
import { tableOf, unscaled, type RowSet } from './training-set.ts'

/** Scores above this would overflow float32. */
const scoreMax = 30

/** Answers of a boosted model after each number of trees, in the target's unit, never negative. */
export function boostAnswers(
  { job, ensemble }: Fitted,
  { set, rows }: AnswerOn,
  stages: readonly number[],
): readonly Float64Array[] {
  const table = pickRows(tableOf(set, job.scale), rows)
  const sums = new Float64Array(rows.length).fill(ensemble.base[0] ?? 0)
  const poisson = job.learner.kind === 'boost' && job.learner.spec.loss.kind === 'poisson'
  let done = 0
  return stages.map((stage) => {
    const part = {
      ...ensemble,
      base: new Float32Array(1),
      trees: ensemble.trees.slice(done, stage),
    }
    done = stage
    evaluate(part, table).forEach((value, row) => {
      sums[row] = sums[row]! + value
    })
    return sums.map((sum, at) => {
      const answer = poisson ? Math.exp(Math.min(scoreMax, sum)) : sum
      return Math.max(0, unscaled(set, job.scale, { answer, row: rows[at]! }))
    })
  })
}

export type AnswerOn = { readonly set: RowSet; readonly rows: Int32Array }

export type ForestAnswers = {
  readonly mean: Float64Array
  readonly low: Float64Array
  readonly middle: Float64Array
  readonly high: Float64Array
}

/** Rows whose leaf shares are held at once. */
const blockRows = 8_192

/** Mean and quantiles of a forest, in the target's unit, never negative. */
export function forestAnswers(
  { job, ensemble, centres }: Fitted,
  { set, rows }: AnswerOn,
): ForestAnswers {
  const classes = centres ?? new Float64Array(0)
  const out = {
    mean: new Float64Array(rows.length),
    low: new Float64Array(rows.length),
    middle: new Float64Array(rows.length),
    high: new Float64Array(rows.length),
  }
  const source: FeatureTable = tableOf(set, job.scale)
  for (let from = 0; from < rows.length; from += blockRows) {
    const block = rows.subarray(from, from + blockRows)
    const shares = evaluate(ensemble, pickRows(source, block))
    block.forEach((row, at) => {
      const own = shares.subarray(at * classes.length, (at + 1) * classes.length)
      const back = (answer: number): number =>
        Math.max(0, unscaled(set, job.scale, { answer, row }))
      out.mean[from + at] = back(forestMean(own, classes))
      out.low[from + at] = back(forestQuantile(own, classes, 0.1))
      out.middle[from + at] = back(forestQuantile(own, classes, 0.5))
      out.high[from + at] = back(forestQuantile(own, classes, 0.9))
    })
  }
  return out
}
