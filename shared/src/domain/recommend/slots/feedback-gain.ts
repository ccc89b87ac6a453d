import { scoreChoices, type ChoiceScores } from '../case-softmax.ts'
import { pairedTest, type PairedResult } from '../paired-test.ts'
import { fitStep, type MadeChoice } from './fit-ranker.ts'
import { firstRanker, scoreSlots } from './slot-ranker.ts'
import { slotTable } from './slot-table.ts'

/** Choices of one draw: to learn from, and others to be told. */
export type GainDraw = {
  readonly train: readonly MadeChoice[]
  readonly test: readonly MadeChoice[]
}

export type FeedbackGain = {
  /** Share of the test choices told first, per draw, without any feedback and with it. */
  readonly before: number
  readonly after: number
  readonly hitAt1: PairedResult
  /** Fall of the mean negative log-likelihood. */
  readonly nll: PairedResult
}

/** One draw's scores on its test choices, without the choices learned from and with them. */
export type GainPair = { readonly before: ChoiceScores; readonly after: ChoiceScores }

/**
 * What some rated choices change for choices not seen: the weighted score before them against the
 * logit after them, on the same choices, over many draws.
 */
export function feedbackGain(draws: readonly GainDraw[], seed: number): FeedbackGain {
  const pairs = draws.map(({ train, test }) => {
    const table = slotTable(test)
    const before = scoreChoices(table, scoreSlots(firstRanker(), table))
    const after = scoreChoices(table, scoreSlots(fitStep('logit', train, seed), table))
    return { before, after }
  })
  return gainOf(pairs, seed)
}

/** The gain over all draws, each with its paired test. */
export function gainOf(pairs: readonly GainPair[], seed: number): FeedbackGain {
  const mean = (of: (pair: GainPair) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / Math.max(1, pairs.length)
  return {
    before: mean(({ before }) => before.hitAt1),
    after: mean(({ after }) => after.hitAt1),
    hitAt1: pairedTest(
      pairs.map(({ before, after }) => after.hitAt1 - before.hitAt1),
      seed,
    ),
    nll: pairedTest(
      pairs.map(({ before, after }) => before.nll - after.nll),
      seed + 1,
    ),
  }
}
