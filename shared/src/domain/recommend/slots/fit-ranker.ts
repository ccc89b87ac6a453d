import { seededChance } from '../../forecast/chance.ts'
import { binTable } from '../../forecast/trees/bins.ts'
import { boost } from '../../forecast/trees/boost.ts'
import { caseSoftmax, scoreChoices, type ChoiceScores } from '../case-softmax.ts'
import { choiceRows } from '../choice-rows.ts'
import { fitLogit, logitPrecision, utilities } from '../conditional-logit.ts'
import { gainOver, ladder, type Gain, type LadderStep } from './ladder-gate.ts'
import { ratingWeights } from './rating-weight.ts'
import { firstRanker, scoreSlots, slotPrior, type SlotRanker } from './slot-ranker.ts'
import { slotDesign, slotPlan, slotTable, type SlotCase } from './slot-table.ts'

/** A choice that was made among slots that were shown. */
export type MadeChoice = SlotCase & {
  readonly chosen: number
  /** Key of the driver: choices of one driver are not independent. */
  readonly driver: string
  /** Stars given after the fill; undefined where none were. */
  readonly stars: number | undefined
}

export type RankerVerdict = {
  readonly served: LadderStep
  readonly choices: number
  readonly drivers: number
  readonly rated: number
  /** On choices the step had not seen. */
  readonly steps: readonly (ChoiceScores & { readonly name: LadderStep })[]
  /** What each step won over the one that would serve without it. */
  readonly gains: readonly (Gain & { readonly name: LadderStep; readonly over: LadderStep })[]
}

/** Of the weighted score that no choice has tried yet. */
export const unjudged: RankerVerdict = {
  ...{ served: 'weighted-score', choices: 0, drivers: 0, rated: 0, steps: [], gains: [] },
}

/** Below this many choices nothing is validated, and the weighted score serves. */
export const judgedFrom = 20
/** Trees are tried from here on (forecasting.md section 7). */
export const treesFrom = 100
const folds = 4

/**
 * Climbs the ladder by choices that each step had not seen: folds hold whole drivers, and a step
 * serves only when it wins over the one below it by the gate. The one that won is fitted on all.
 */
export function fitRanker(
  choices: readonly MadeChoice[],
  seed: number,
): { readonly ranker: SlotRanker; readonly verdict: RankerVerdict } {
  const facts = {
    choices: choices.length,
    drivers: new Set(choices.map(({ driver }) => driver)).size,
    rated: choices.filter(({ stars }) => stars !== undefined).length,
  }
  const names = ladder.filter((name) => name !== 'boosted' || choices.length >= treesFrom)
  if (choices.length < judgedFrom || facts.drivers < folds) {
    return { ranker: firstRanker(), verdict: { ...unjudged, ...facts } }
  }
  const seen = judge(choices, names, seed)
  let served: LadderStep = 'weighted-score'
  const gains: RankerVerdict['gains'][number][] = []
  for (const name of names.slice(1)) {
    const gain = gainOver(seen.losses(served), seen.losses(name), { blocks: seen.drivers, seed })
    gains.push({ ...gain, name, over: served })
    if (gain.passes) served = name
  }
  const steps = names.map((name) => ({ name, ...seen.scores(name) }))
  return { ranker: fitStep(served, choices, seed), verdict: { served, ...facts, steps, gains } }
}

/** One step of the ladder, fitted on these choices. */
export function fitStep(
  step: LadderStep,
  choices: readonly MadeChoice[],
  seed: number,
): SlotRanker {
  if (step === 'weighted-score') return firstRanker()
  const table = slotTable(choices)
  const design = slotDesign(table)
  const rules = { ...slotPrior(), caseWeight: ratingWeights(choices.map(({ stars }) => stars)) }
  const weights = fitLogit(design, table, rules)
  const precision = logitPrecision({ design, table, weights }, rules)
  if (step === 'logit') return { weights, precision, trees: undefined }
  const rows = choiceRows(slotPlan, table, false)
  const lesson = {
    ...{ table: binTable(rows), names: rows.names },
    rows: Int32Array.from(table.option.keys()),
    target: Float64Array.from(table.chosen),
    weight: Float64Array.from(
      choices.flatMap(({ options }, one) => options.map(() => rules.caseWeight[one] ?? 1)),
    ),
    start: utilities(design, weights),
  }
  const loss = { kind: 'choice', caseStart: table.caseStart } as const
  return { weights, precision, trees: boost(lesson, { ...boosted, loss }, seed) }
}

const boosted = {
  ...{ trees: 80, rate: 0.05, leavesMax: 6, leafMin: 15, l2: 2 },
  ...{ rowsPerTree: 0.7, featuresPerTree: 0.5 },
}

function judge(choices: readonly MadeChoice[], names: readonly LadderStep[], seed: number) {
  const fold = foldsOf(choices, seed)
  const parts = Array.from({ length: folds }, (_, at) => {
    const train = choices.filter(({ driver }) => fold.get(driver) !== at)
    const test = choices.filter(({ driver }) => fold.get(driver) === at)
    const table = slotTable(test)
    const score = (name: LadderStep): Float64Array =>
      scoreSlots(fitStep(name, train, seed + at), table)
    return { test, scores: new Map(names.map((name) => [name, score(name)])) }
  })
  const table = slotTable(parts.flatMap(({ test }) => test))
  const score = (name: LadderStep): Float64Array =>
    Float64Array.from(parts.flatMap(({ scores }) => [...(scores.get(name) ?? [])]))
  return {
    drivers: parts.flatMap(({ test }) => test.map(({ driver }) => driver)),
    scores: (name: LadderStep) => scoreChoices(table, score(name)),
    losses: (name: LadderStep) => caseLosses(table, score(name)),
  }
}

function foldsOf(choices: readonly MadeChoice[], seed: number): ReadonlyMap<string, number> {
  const chance = seededChance(seed)
  const drivers = [...new Set(choices.map(({ driver }) => driver))].sort()
  const order = drivers.map((driver) => ({ driver, key: chance() })).sort((a, b) => a.key - b.key)
  return new Map(order.map(({ driver }, at) => [driver, at % folds]))
}

/** Negative logarithm of the probability of what was taken, case by case. */
export function caseLosses(
  table: ReturnType<typeof slotTable>,
  score: Float64Array,
): readonly number[] {
  const chance = caseSoftmax(table, score)
  const losses: number[] = []
  table.chosen.forEach((flag, row) => {
    if (flag === 1) losses.push(-Math.log(Math.max(1e-12, chance[row]!)))
  })
  return losses
}
