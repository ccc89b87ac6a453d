import { naiveMembers, type MemberTable } from '../backtest/member-table.ts'
import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { Recipe } from '../bundle/model-manifest.ts'
import { unscaled, type RowSet } from '../pool/training-set.ts'
import type { Member } from '../pool/choose-weights.ts'
import { forestMean, forestQuantile } from '../trees/forest.ts'

/**
 * The members of the pool that the recipe mixes, for all rows of a set, from what the model's outputs
 * answered.
 */
export function membersOf(
  set: RowSet,
  recipe: Pick<Recipe, 'scale' | 'forestClasses' | 'middle' | 'mean' | 'low' | 'high'>,
  answers: ModelAnswers,
): MemberTable {
  const rows = Int32Array.from(set.at.keys())
  const { middle, mean } = naiveMembers({ set, rows })
  const back = (of: (row: number) => number): Float64Array => {
    const out = new Float64Array(rows.length)
    const asked = { answer: 0, row: 0 }
    for (let row = 0; row < out.length; row += 1) {
      asked.answer = of(row)
      asked.row = row
      out[row] = Math.max(0, unscaled(set, recipe.scale, asked))
    }
    return out
  }
  const mixed = (
    key: keyof MemberTable,
    name: string,
    of: Answer | undefined,
  ): readonly Member[] =>
    of !== undefined && (recipe[key][name] ?? 0) > 0 ? [{ name, forecast: back(of) }] : []
  const boosted = (key: keyof MemberTable, place: number): readonly Member[] =>
    mixed(key, 'boosted-quantile', quantileOf(answers, place))
  const grown = (key: keyof MemberTable, of: OfShares): readonly Member[] =>
    mixed(key, 'forest', forestOf(answers, recipe.forestClasses, of))
  const means = answers.get('mean')
  const ofMean = (key: keyof MemberTable): readonly Member[] =>
    mixed(key, 'boosted-mean', means && ((row) => means[row]!))
  const quantile =
    (share: number): OfShares =>
    (shares, classes) =>
      forestQuantile(shares, classes, share)
  return {
    middle: [
      ...middle,
      ...ofMean('middle'),
      ...boosted('middle', 1),
      ...grown('middle', quantile(0.5)),
    ],
    mean: [...mean, ...ofMean('mean'), ...grown('mean', forestMean)],
    low: [...boosted('low', 0), ...grown('low', quantile(0.1))],
    high: [...boosted('high', 2), ...grown('high', quantile(0.9))],
  }
}

/** What a member answers for a row, on the recipe's scale. */
type Answer = (row: number) => number
type OfShares = (shares: Float32Array, classes: Float64Array) => number

function quantileOf(answers: ModelAnswers, place: number): Answer | undefined {
  const quantiles = answers.get('quantiles')
  return quantiles && ((row) => quantiles[3 * row + place]!)
}

function forestOf(
  answers: ModelAnswers,
  classes: readonly number[],
  of: OfShares,
): Answer | undefined {
  const shares = answers.get('classShares')
  const centres = Float64Array.from(classes)
  const { length } = centres
  return shares && ((row) => of(shares.subarray(row * length, (row + 1) * length), centres))
}
