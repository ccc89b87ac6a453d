import { caseSoftmax, placeOfChosen } from './case-softmax.ts'
import { casesOf, type ChoiceTable } from './choice-table.ts'
import { limited, type Limited } from './resampled.ts'

/** How well utilities tell what was taken, each with its 95 % limits. */
export type ChoiceMeasures = {
  readonly cases: number
  readonly persons: number
  readonly hitAt1: Limited
  readonly hitAt3: Limited
  /** Mean of one over the rank of what was taken. */
  readonly mrr: Limited
  readonly ndcgAt3: Limited
  /** Mean negative logarithm of the probability of what was taken. */
  readonly nll: Limited
  readonly calibration: Calibration
}

/** Probabilities that were said against how often it was so. */
export type Calibration = {
  readonly bins: readonly CalibrationBin[]
  /** Mean distance of said from seen over the options. */
  readonly error: number
}

/** The options to which a probability of this tenth was given. */
export type CalibrationBin = {
  readonly options: number
  readonly said: number
  readonly seen: number
}

type OneCase = {
  readonly person: string
  readonly rank: number
  readonly loss: number
}

/** Measures of the cases in which something was taken; ties count against the ranking. */
export function measureChoices(
  table: ChoiceTable,
  score: Float64Array,
  seed: number,
): ChoiceMeasures {
  const chance = caseSoftmax(table, score)
  const cases: OneCase[] = []
  for (let one = 0; one < casesOf(table); one += 1) {
    const place = placeOfChosen(table, score, one)
    if (place === undefined) continue
    const { row, rank } = place
    const loss = -Math.log(Math.max(1e-15, chance[row]!))
    cases.push({ person: table.person[row]!, rank, loss })
  }
  const mean = (of: (one: OneCase) => number): Limited =>
    limited(
      cases.map((one) => ({ block: one.person, sum: of(one), of: 1 })),
      seed,
    )
  return {
    cases: cases.length,
    persons: new Set(cases.map(({ person }) => person)).size,
    hitAt1: mean(({ rank }) => Number(rank === 1)),
    hitAt3: mean(({ rank }) => Number(rank <= 3)),
    mrr: mean(({ rank }) => 1 / rank),
    ndcgAt3: mean(({ rank }) => (rank <= 3 ? 1 / Math.log2(rank + 1) : 0)),
    nll: mean(({ loss }) => loss),
    calibration: calibrationOf(table, chance),
  }
}

const tenths = 10

function calibrationOf(table: ChoiceTable, chance: Float64Array): Calibration {
  const sums = Array.from({ length: tenths }, () => ({ options: 0, said: 0, seen: 0 }))
  chance.forEach((said, row) => {
    if (table.available[row] !== 1) return
    const bin = sums[Math.min(tenths - 1, Math.floor(said * tenths))]!
    bin.options += 1
    bin.said += said
    bin.seen += table.chosen[row]!
  })
  const bins = sums.map(({ options, said, seen }) => ({
    ...{ options, said: said / Math.max(1, options), seen: seen / Math.max(1, options) },
  }))
  const all = bins.reduce((sum, { options }) => sum + options, 0)
  const off = bins.reduce(
    (sum, { options, said, seen }) => sum + options * Math.abs(said - seen),
    0,
  )
  return { bins, error: off / Math.max(1, all) }
}
