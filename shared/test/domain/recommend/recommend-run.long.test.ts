import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { caseSoftmax, scoreChoices } from '@baari/shared/domain/recommend/case-softmax'
import { planChoices } from '@baari/shared/domain/recommend/choice-plan'
import { pickCases, type ChoiceTable } from '@baari/shared/domain/recommend/choice-table'
import { fitLogit, utilities } from '@baari/shared/domain/recommend/conditional-logit'
import { designOf, logitTerms, scalingOf } from '@baari/shared/domain/recommend/logit-design'
import { recommendRun } from '@baari/shared/domain/recommend/recommend-run'
import { weightedScore } from '@baari/shared/domain/recommend/weighted-score'

const optionsEach = 3

/** Drivers who mind price and, what nobody told the weighted score, dust, one of three stations each time. */
function choices(cases: number, seed: number): ChoiceTable {
  const chance = seededChance(seed)
  const rows = cases * optionsEach
  const price = Float64Array.from({ length: rows }, () => 80 + 10 * chance())
  const dust = Float64Array.from({ length: rows }, () => 20 * chance())
  const chosen = new Uint8Array(rows)
  const available = new Uint8Array(rows).fill(1)
  for (let one = 0; one < cases; one += 1) {
    const own = Array.from({ length: optionsEach }, (_, at) => one * optionsEach + at)
    if (chance() < 0.2) available[own[Math.floor(chance() * optionsEach)]!] = 0
    const drawn = own.map((row) => ({
      row,
      utility: -0.5 * price[row]! - 0.4 * dust[row]! - Math.log(-Math.log(chance() || 0.5)),
    }))
    const open = drawn.filter(({ row }) => available[row] === 1)
    chosen[open.reduce((a, b) => (b.utility > a.utility ? b : a)).row] = 1
  }
  return {
    caseStart: Int32Array.from({ length: cases + 1 }, (_, one) => one * optionsEach),
    option: Array.from({ length: rows }, (_, row) => `station-${row % optionsEach}`),
    person: Array.from({ length: rows }, (_, row) => `p${Math.floor(row / optionsEach)}`),
    available,
    chosen,
    features: [
      { kind: 'number', name: 'price', values: price },
      { kind: 'number', name: 'dust', values: dust },
    ],
  }
}

describe('the conditional logit', () => {
  const train = choices(800, 1)

  function fitted(table: ChoiceTable, ridge: number) {
    const plan = planChoices(table)
    const terms = logitTerms(plan, table, true)
    const scaling = scalingOf(terms.columns, table)
    const prior = weightedScore(terms.names)
    const design = designOf(terms, table, scaling)
    return { terms, scaling, prior, design, weights: fitLogit(design, table, { ridge, prior }) }
  }

  it('finds what the drivers mind', () => {
    const { design, weights } = fitted(train, 1)
    const found = scoreChoices(train, utilities(design, weights))
    expect(found.hitAt1).toBeGreaterThan(0.6)
    expect(found.nll).toBeLessThan(0.85)
  })

  it('is the weighted score when the prior weighs everything', () => {
    const { prior, weights } = fitted(train, 1e9)
    weights.forEach((weight, term) => expect(weight).toBeCloseTo(prior[term]!, 4))
  })
})

describe('the ladder', () => {
  it('ranks what is not available last, without ties, and beats the weighted score', () => {
    const whole = choices(400, 3)
    const half = (from: number): ChoiceTable =>
      pickCases(
        whole,
        Array.from({ length: 200 }, (_, at) => from + at),
      ).table
    const test = half(200)
    const { score, candidates } = recommendRun(half(0), { ...test, chosen: new Uint8Array(600) }, 1)
    const found = scoreChoices(test, score)
    const weighted = candidates.find(({ name }) => name === 'weighted-score')
    expect(found.nll).toBeLessThan(weighted?.nll ?? 0)
    for (let row = 0; row < 600; row += 3) {
      const own = [0, 1, 2].map((at) => score[row + at]!)
      expect(new Set(own).size).toBeGreaterThanOrEqual(
        test.available.subarray(row, row + 3).filter((flag) => flag === 1).length,
      )
      own.forEach((value, at) => {
        if (test.available[row + at] === 0) expect(value).toBe(Math.min(...own))
      })
    }
  })

  it('without any choice seen the order is that of the weighted score', () => {
    const test = choices(30, 5)
    const none = pickCases(test, []).table
    const { score } = recommendRun(none, test, 1)
    const found = scoreChoices(test, score)
    expect(found.hitAt1).toBeGreaterThan(0.34)
    expect(score.every(Number.isFinite)).toBe(true)
  })

  it('a tie counts against the ranking, and chances add up to one', () => {
    const test = choices(10, 6)
    const flat = new Float64Array(30)
    expect(scoreChoices(test, flat).hitAt1).toBe(0)
    const chance = caseSoftmax(test, flat)
    expect(chance.reduce((sum, one) => sum + one, 0)).toBeCloseTo(10)
  })
})
