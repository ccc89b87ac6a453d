import { naiveMembers, type MemberTable } from '../backtest/member-table.ts'
import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { Recipe } from '../bundle/model-manifest.ts'
import { unscaled, type RowSet } from '../pool/training-set.ts'
import type { Member } from '../pool/choose-weights.ts'
import { forestMean, forestQuantile } from '../trees/forest.ts'

/** The members of the pool for all rows of a set, from what the model's outputs answered. */
export function membersOf(
  set: RowSet,
  recipe: Pick<Recipe, 'scale' | 'forestClasses'>,
  answers: ModelAnswers,
): MemberTable {
  const rows = Int32Array.from(set.at.keys())
  const { middle, mean } = naiveMembers({ set, rows })
  const back = (of: (row: number) => number): Float64Array =>
    Float64Array.from(rows, (row) =>
      Math.max(0, unscaled(set, recipe.scale, { answer: of(row), row })),
    )
  const boosted = quantileMembers(answers, back)
  const grown = forestMembers(answers, recipe.forestClasses, back)
  const means = answers.get('mean')
  const ofMean: readonly Member[] =
    means === undefined ? [] : [{ name: 'boosted-mean', forecast: back((row) => means[row]!) }]
  return {
    middle: [...middle, ...ofMean, ...boosted.middle, ...grown.middle],
    mean: [...mean, ...ofMean, ...grown.mean],
    low: [...boosted.low, ...grown.low],
    high: [...boosted.high, ...grown.high],
  }
}

type Back = (of: (row: number) => number) => Float64Array
const none: MemberTable = { middle: [], mean: [], low: [], high: [] }

function quantileMembers(answers: ModelAnswers, back: Back): MemberTable {
  const quantiles = answers.get('quantiles')
  if (quantiles === undefined) return none
  const one = (place: number): readonly Member[] => [
    { name: 'boosted-quantile', forecast: back((row) => quantiles[3 * row + place]!) },
  ]
  return { ...none, low: one(0), middle: one(1), high: one(2) }
}

function forestMembers(answers: ModelAnswers, classes: readonly number[], back: Back): MemberTable {
  const shares = answers.get('classShares')
  if (shares === undefined) return none
  const centres = Float64Array.from(classes)
  const ofRow = (row: number): Float32Array =>
    shares.subarray(row * centres.length, (row + 1) * centres.length)
  const grown = (of: (shares: Float32Array) => number): readonly Member[] => [
    { name: 'forest', forecast: back((row) => of(ofRow(row))) },
  ]
  const quantile = (share: number) => grown((own) => forestQuantile(own, centres, share))
  return {
    mean: grown((own) => forestMean(own, centres)),
    low: quantile(0.1),
    middle: quantile(0.5),
    high: quantile(0.9),
  }
}
