import { evaluate, type Ensemble } from '../../forecast/trees/tree.ts'
import { choiceRows } from '../choice-rows.ts'
import type { ChoiceTable } from '../choice-table.ts'
import { utilities, type LogitRules } from '../conditional-logit.ts'
import { weightedScore } from '../weighted-score.ts'
import { slotFeatures } from './slot-features.ts'
import { slotDesign, slotPlan } from './slot-table.ts'

/** What ranks slots: the logit's weights and their precision, and trees on top once they have won. */
export type SlotRanker = {
  readonly weights: Float64Array
  /** Row-major, of the posterior of the weights; exploration draws from it. */
  readonly precision: Float64Array
  readonly trees: Ensemble | undefined
}

/** Choices that the weighted score is worth: the prior's weight per step of a feature. */
export const priorRidge = 10

export function slotPrior(): LogitRules {
  return { ridge: priorRidge, prior: weightedScore(slotFeatures.map(({ name }) => name)) }
}

/** The ranker before the first choice: the weighted score, as unsure as the prior is. */
export function firstRanker(): SlotRanker {
  const { prior } = slotPrior()
  const width = prior.length
  const precision = new Float64Array(width * width)
  for (let term = 0; term < width; term += 1) precision[term * width + term] = priorRidge
  return { weights: prior, precision, trees: undefined }
}

/** Utilities of the rows on a log scale. */
export function scoreSlots({ weights, trees }: SlotRanker, table: ChoiceTable): Float64Array {
  const linear = utilities(slotDesign(table), weights)
  if (trees === undefined) return linear
  const added = evaluate(trees, choiceRows(slotPlan, table, false))
  return linear.map((value, row) => value + added[row]!)
}
