import { drawWithout, seededChance } from '../forecast/chance.ts'
import { caseSoftmax, scoreChoices, type ChoiceScores } from './case-softmax.ts'
import { climb, logitSteps, type ModelName, type ModelUtilities } from './choice-models.ts'
import { planChoices } from './choice-plan.ts'
import { casesOf, pickCases, type ChoiceTable } from './choice-table.ts'

/** Utilities for the rows of the test part, and how they were chosen. */
export type RecommendRun = {
  readonly score: Float64Array
  readonly weights: ReadonlyMap<ModelName, number>
  /** How each step of the ladder did on choices it had not seen. */
  readonly candidates: readonly (ChoiceScores & { readonly name: ModelName })[]
}

const folds = 4
/** Cases that the inner validation looks at, at most: more cost time and change no choice. */
const judgedMax = 6_000
const ridges = [1, 5, 25, 125] as const
const picks = 20

/**
 * Climbs the ladder as far as choices not seen allow: utilities of the test part are a mixture of
 * the steps, weighted by their likelihood in a four-fold validation inside the training part.
 */
export function recommendRun(train: ChoiceTable, test: ChoiceTable, seed: number): RecommendRun {
  const cases = casesOf(train)
  if (cases < 2 * folds) return { ...scoreOnly(train, test), candidates: [] }
  const ridge = bestRidge(train, seed)
  const seen = validate(train, { ridge, seed })
  const weights = mixWeights(seen.table, seen.utilities)
  const plan = planChoices(train)
  const last = climb({ train, test, plan, ridge, seed })
  return {
    score: finished(test, mix(test, last, weights)),
    weights,
    candidates: [...seen.utilities].map(([name, utilities]) => ({
      name,
      ...scoreChoices(seen.table, utilities),
    })),
  }
}

/** Too few choices to validate: the regularised logit, which is the weighted score without any. */
function scoreOnly(train: ChoiceTable, test: ChoiceTable): Pick<RecommendRun, 'score' | 'weights'> {
  const plan = planChoices(train)
  const { ofTest } = logitSteps({ train, test, plan, ridge: ridges[2] })
  return { score: finished(test, ofTest), weights: new Map([['logit', 1]]) }
}

/** The weight of the prior, by one of the folds. */
function bestRidge(table: ChoiceTable, seed: number): number {
  const { train, test } = foldOf(table, { seed, at: 0 })
  const plan = planChoices(train)
  const losses = ridges.map(
    (ridge) => scoreChoices(test, logitSteps({ train, test, plan, ridge }).ofTest).nll,
  )
  return ridges[losses.indexOf(Math.min(...losses))] ?? ridges[2]
}

/** A case belongs to one fold, drawn from the seed. */
function foldOf(
  table: ChoiceTable,
  { seed, at }: { readonly seed: number; readonly at: number },
): { readonly train: ChoiceTable; readonly test: ChoiceTable; readonly cases: readonly number[] } {
  const chance = seededChance(seed)
  const drawn = Array.from({ length: casesOf(table) }, () => Math.floor(chance() * folds))
  const inside = (own: boolean): readonly number[] =>
    [...drawn.keys()].filter((one) => (drawn[one] === at) === own)
  const cases = inside(true)
  return {
    train: pickCases(table, inside(false)).table,
    test: pickCases(table, cases).table,
    cases,
  }
}

type Validated = { readonly table: ChoiceTable; readonly utilities: ModelUtilities }

/** Utilities of every training case from models that had not seen it. */
function validate(
  train: ChoiceTable,
  rules: { readonly ridge: number; readonly seed: number },
): Validated {
  const { seed } = rules
  const drawn = drawWithout(seededChance(seed + 7), casesOf(train), judgedMax)
  const whole = drawn.length < casesOf(train) ? pickCases(train, [...drawn]).table : train
  const parts = Array.from({ length: folds }, (_, at) => {
    const fold = foldOf(whole, { seed, at })
    const utilities = climb({ ...fold, plan: planChoices(fold.train), ...rules })
    return { cases: fold.cases, utilities }
  })
  const table = pickCases(
    whole,
    parts.flatMap(({ cases }) => cases),
  ).table
  const names = [...(parts[0]?.utilities.keys() ?? [])].filter((name) =>
    parts.every(({ utilities }) => utilities.has(name)),
  )
  const joined = names.map((name): [ModelName, Float64Array] => [
    name,
    Float64Array.from(parts.flatMap(({ utilities }) => [...(utilities.get(name) ?? [])])),
  ])
  return { table, utilities: new Map(joined) }
}

/** Greedy picks of the step whose probability, averaged in, makes the choices likeliest. */
function mixWeights(table: ChoiceTable, utilities: ModelUtilities): RecommendRun['weights'] {
  const chances = new Map(
    [...utilities].map(([name, of]): [ModelName, Float64Array] => [name, caseSoftmax(table, of)]),
  )
  const counts = new Map<ModelName, number>()
  const sums = new Float64Array(table.option.length)
  for (let pick = 1; pick <= picks; pick += 1) {
    let best: { readonly name: ModelName; readonly loss: number } | undefined
    for (const [name, chance] of chances) {
      let loss = 0
      for (let row = 0; row < sums.length; row += 1) {
        if (table.chosen[row] === 1) loss -= Math.log(Math.max(1e-9, sums[row]! + chance[row]!))
      }
      if (best === undefined || loss < best.loss) best = { name, loss }
    }
    if (best === undefined) break
    counts.set(best.name, (counts.get(best.name) ?? 0) + 1)
    const chosen = chances.get(best.name)!
    for (let row = 0; row < sums.length; row += 1) sums[row] = sums[row]! + chosen[row]!
  }
  return new Map([...counts].map(([name, count]) => [name, count / picks]))
}

function mix(
  table: ChoiceTable,
  utilities: ModelUtilities,
  weights: RecommendRun['weights'],
): Float64Array {
  const out = new Float64Array(table.option.length)
  for (const [name, weight] of weights) {
    const chance = caseSoftmax(table, utilities.get(name) ?? new Float64Array(out.length))
    for (let row = 0; row < out.length; row += 1) out[row] = out[row]! + weight * chance[row]!
  }
  return out.map((chance) => Math.log(Math.max(1e-9, chance)))
}

/** What an option that cannot be taken stays below the worst that can. */
const unavailableBelow = 10
/** Parts equal utilities by their place: far below anything a model means. */
const tieStep = 1e-9

/** No ties, and the lowest utility of its case for an option that cannot be taken. */
function finished(table: ChoiceTable, score: Float64Array): Float64Array {
  const out = score.map((value, row) => value - tieStep * row)
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const to = table.caseStart[one + 1]!
    let least = Number.POSITIVE_INFINITY
    for (let row = from; row < to; row += 1) {
      out[row] = score[row]! - tieStep * (row - from)
      if (table.available[row] === 1) least = Math.min(least, out[row]!)
    }
    const lowest = Number.isFinite(least) ? least - unavailableBelow : 0
    for (let row = from; row < to; row += 1) if (table.available[row] !== 1) out[row] = lowest
  }
  return out
}
