import { casesOf, type ChoiceTable } from './choice-table.ts'

/** Utilities as probabilities within each case; an option that cannot be taken has none. */
export function caseSoftmax(
  { caseStart, available }: Pick<ChoiceTable, 'caseStart' | 'available'>,
  score: Float64Array,
): Float64Array {
  const out = new Float64Array(score.length)
  for (let one = 0; one + 1 < caseStart.length; one += 1) {
    const from = caseStart[one]!
    const to = caseStart[one + 1]!
    let most = Number.NEGATIVE_INFINITY
    for (let row = from; row < to; row += 1) {
      if (available[row] === 1) most = Math.max(most, score[row]!)
    }
    let sum = 0
    for (let row = from; row < to; row += 1) {
      out[row] = available[row] === 1 ? Math.exp(score[row]! - most) : 0
      sum += out[row]!
    }
    for (let row = from; row < to; row += 1) out[row] = sum > 0 ? out[row]! / sum : 0
  }
  return out
}

/** How well utilities tell what was taken. */
export type ChoiceScores = {
  /** Share of the cases whose option taken has the highest utility, alone. */
  readonly hitAt1: number
  readonly ndcgAt3: number
  /** Mean negative logarithm of the probability of what was taken. */
  readonly nll: number
}

/** Ties count against the ranking. */
export function scoreChoices(table: ChoiceTable, score: Float64Array): ChoiceScores {
  const chance = caseSoftmax(table, score)
  let hits = 0
  let gain = 0
  let loss = 0
  let cases = 0
  for (let one = 0; one < casesOf(table); one += 1) {
    const place = placeOfChosen(table, score, one)
    if (place === undefined) continue
    cases += 1
    if (place.rank === 1) hits += 1
    if (place.rank <= 3) gain += 1 / Math.log2(place.rank + 1)
    loss -= Math.log(Math.max(1e-15, chance[place.row]!))
  }
  const of = Math.max(1, cases)
  return { hitAt1: hits / of, ndcgAt3: gain / of, nll: loss / of }
}

/** Where what was taken stands in its case; undefined when nothing was. Ties count against it. */
export function placeOfChosen(
  { caseStart, available, chosen }: ChoiceTable,
  score: Float64Array,
  one: number,
): { readonly row: number; readonly rank: number } | undefined {
  const from = caseStart[one]!
  const to = caseStart[one + 1]!
  let taken = -1
  for (let row = from; row < to; row += 1) if (chosen[row] === 1) taken = row
  if (taken < 0) return undefined
  let rank = 1
  for (let row = from; row < to; row += 1) {
    if (row !== taken && available[row] === 1 && score[row]! >= score[taken]!) rank += 1
  }
  return { row: taken, rank }
}
