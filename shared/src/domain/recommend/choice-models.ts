import { binTable } from '../forecast/trees/bins.ts'
import { boost, type BoostSpec, type Lesson } from '../forecast/trees/boost.ts'
import { forestMean, growForest } from '../forecast/trees/forest.ts'
import { evaluate, type Ensemble } from '../forecast/trees/tree.ts'
import { caseSoftmax } from './case-softmax.ts'
import type { ChoicePlan } from './choice-plan.ts'
import { choiceRows } from './choice-rows.ts'
import type { ChoiceTable } from './choice-table.ts'
import { fitLogit, utilities } from './conditional-logit.ts'
import { designOf, logitTerms, scalingOf } from './logit-design.ts'
import { weightedScore } from './weighted-score.ts'

/** The steps of the ladder; a boosted one is told by its number of trees. */
export type ModelName =
  'weighted-score' | 'logit' | 'forest' | `boosted-${number}` | `boosted-on-logit-${number}`

/** Utilities of rows that a model has not seen, on a log scale, by model. */
export type ModelUtilities = ReadonlyMap<ModelName, Float64Array>

export type LadderOn = {
  readonly train: ChoiceTable
  readonly test: ChoiceTable
  /** Learned from the training part. */
  readonly plan: ChoicePlan
  readonly ridge: number
  readonly seed: number
}

/** Trees are tried from this many choices on. */
const treesFrom = 100

/** A boosted model is tried after each of these numbers of trees. */
const stages = [60, 120, 240] as const

/** The weighted score, and the logit it is the prior of. */
export function logitSteps({ train, test, plan, ridge }: Omit<LadderOn, 'seed'>): {
  readonly ofTrain: Float64Array
  readonly score: Float64Array
  readonly ofTest: Float64Array
} {
  const terms = logitTerms(plan, train, true)
  const scaling = scalingOf(terms.columns, train)
  const design = designOf(terms, train, scaling)
  const testDesign = designOf(logitTerms(plan, test, false), test, scaling)
  const prior = weightedScore(terms.names)
  const weights = fitLogit(design, train, { ridge, prior })
  return {
    ofTrain: utilities(design, weights),
    score: utilities(testDesign, prior),
    ofTest: utilities(testDesign, weights),
  }
}

/** Fits every step of the ladder that the number of choices allows. */
export function climb(on: LadderOn): ModelUtilities {
  const { train, test, plan, seed } = on
  const { ofTrain, score, ofTest } = logitSteps(on)
  const out = new Map<ModelName, Float64Array>([
    ['weighted-score', score],
    ['logit', ofTest],
  ])
  if (train.caseStart.length - 1 < treesFrom) return out
  const rows = choiceRows(plan, train, true)
  const testRows = choiceRows(plan, test, false)
  const lesson: Lesson = {
    table: binTable(rows),
    names: rows.names,
    rows: Int32Array.from(train.option.keys()).filter((row) => train.available[row] === 1),
    target: Float64Array.from(train.chosen),
    weight: Float64Array.from(train.available),
  }
  const spec = choiceSpec(train)
  const alone = boost({ ...lesson, start: new Float64Array(train.option.length) }, spec, seed)
  const onLogit = boost({ ...lesson, start: ofTrain }, spec, seed + 1)
  for (const trees of stages) {
    const first = (of: Ensemble): Ensemble => ({ ...of, trees: of.trees.slice(0, trees) })
    out.set(`boosted-${trees}`, Float64Array.from(evaluate(first(alone), testRows)))
    out.set(`boosted-on-logit-${trees}`, sum(evaluate(first(onLogit), testRows), ofTest))
  }
  const forest = growForest(lesson, forestSpec, seed + 2)
  const classes = forest.centres.length
  const shares = evaluate(forest.ensemble, testRows)
  const chances = Float64Array.from(test.option, (_, row) =>
    forestMean(shares.subarray(row * classes, (row + 1) * classes), forest.centres),
  )
  out.set('forest', logOfShares(test, chances))
  return out
}

const forestSpec = {
  trees: 120,
  leafMin: 8,
  featuresPerSplit: 0.4,
  classesMax: 2,
  rowsPerTree: 1,
}

function choiceSpec(train: ChoiceTable): BoostSpec {
  const small = train.caseStart.length - 1 < 1_000
  return {
    loss: { kind: 'choice', caseStart: train.caseStart },
    trees: stages[stages.length - 1] ?? 0,
    rate: 0.05,
    leavesMax: small ? 6 : 12,
    leafMin: small ? 15 : 20,
    l2: 2,
    rowsPerTree: 0.7,
    featuresPerTree: 0.5,
  }
}

function sum(a: ArrayLike<number>, b: Float64Array): Float64Array {
  return b.map((value, row) => value + a[row]!)
}

/** The chance of each option alone, made to add up to one within the case. */
function logOfShares(test: ChoiceTable, chances: Float64Array): Float64Array {
  const logs = chances.map((chance) => Math.log(Math.max(1e-3, chance)))
  return caseSoftmax(test, logs).map((share) => Math.log(Math.max(1e-6, share)))
}
