import { drawWithout, seededChance } from '@baari/shared/domain/forecast/chance'
import { scoreChoices } from '@baari/shared/domain/recommend/case-softmax'
import { logitSteps } from '@baari/shared/domain/recommend/choice-models'
import { planChoices } from '@baari/shared/domain/recommend/choice-plan'
import { casesOf, pickCases } from '@baari/shared/domain/recommend/choice-table'
import {
  feedbackGain,
  gainOf,
  type FeedbackGain,
} from '@baari/shared/domain/recommend/slots/feedback-gain'
import { madeChoices, madeTown } from '@baari/shared/testing/made-choices'
import { readChoices } from './read-choices.ts'

export type GainAsked = {
  /** Choices learned from, per draw. */
  readonly choices: number
  readonly draws: number
  readonly seed: number
}

const testPerTown = 300

/** Rated choices of made drivers, a town of its own for each draw. */
export function gainOfMadeTowns({ choices, draws, seed }: GainAsked): FeedbackGain {
  const towns = Array.from({ length: draws }, (_, at) => {
    const town = madeTown(seed * 100_003 + at)
    return { train: madeChoices(town, choices), test: madeChoices(town, testPerTown, 1_000_000) }
  })
  return feedbackGain(towns, seed)
}

const testFold = 5
const ridge = 25

/**
 * The same on real choices: every fifth case is told, `choices` of the others are drawn to learn from.
 * A choice file has no ratings; each choice counts one.
 * @throws CsvRefusal for a file that breaks the contract
 */
export function gainOfFile(
  file: { readonly name: string; readonly text: string },
  { choices, draws, seed }: GainAsked,
): FeedbackGain {
  const { table } = readChoices(file.name, file.text, { chosen: true })
  const cases = Array.from({ length: casesOf(table) }, (_, one) => one)
  const test = pickCases(
    table,
    cases.filter((one) => one % testFold === testFold - 1),
  ).table
  const rest = cases.filter((one) => one % testFold !== testFold - 1)
  const pairs = Array.from({ length: draws }, (_, at) => {
    const drawn = drawWithout(seededChance(seed * 100_003 + at), rest.length, choices)
    const train = pickCases(
      table,
      Array.from(drawn, (place) => rest[place]!),
    ).table
    const { score, ofTest } = logitSteps({ train, test, plan: planChoices(train), ridge })
    return { before: scoreChoices(test, score), after: scoreChoices(test, ofTest) }
  })
  return gainOf(pairs, seed)
}

/** What the command says of it: the effect, and how far one draw lies from the next. */
export function gainLines(
  gain: FeedbackGain,
  { choices }: GainAsked,
  from: string,
): readonly string[] {
  const { hitAt1, nll } = gain
  const points = (value: number): string => `${(100 * value).toFixed(1)}`
  return [
    `${choices} choices each of ${from}, ${hitAt1.pairs} draws; weighted score before, logit after.`,
    `hit@1 ${points(gain.before)} % before, ${points(gain.after)} % after: ${points(hitAt1.mean)} points (95 % ${points(hitAt1.low)} to ${points(hitAt1.high)}, p ${hitAt1.p.toFixed(4)})`,
    `NLL falls by ${nll.mean.toFixed(3)} (95 % ${nll.low.toFixed(3)} to ${nll.high.toFixed(3)}, p ${nll.p.toFixed(4)})`,
    `One draw differs from the next by ${points(hitAt1.sd)} points of hit@1 (sd); ${points(hitAt1.better)} % of the draws are better than before.`,
  ]
}
