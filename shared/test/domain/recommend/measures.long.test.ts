import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { scoreChoices } from '@baari/shared/domain/recommend/case-softmax'
import { measureChoices } from '@baari/shared/domain/recommend/choice-measures'
import type { ChoiceTable } from '@baari/shared/domain/recommend/choice-table'
import { limited } from '@baari/shared/domain/recommend/resampled'
import { policyValues, type LoggedPlace } from '@baari/shared/domain/recommend/slots/logged-policy'

/** Cases of four options; `ranks` says where what was taken stands, the best being 1. */
function ranked(ranks: readonly number[], personOf: (one: number) => string) {
  const score = Float64Array.from(ranks.flatMap(() => [3, 2, 1, 0]))
  const table: ChoiceTable = {
    caseStart: Int32Array.from({ length: ranks.length + 1 }, (_, one) => 4 * one),
    option: ranks.flatMap(() => ['a', 'b', 'c', 'd']),
    person: ranks.flatMap((_, one) => Array<string>(4).fill(personOf(one))),
    available: new Uint8Array(4 * ranks.length).fill(1),
    chosen: Uint8Array.from(ranks.flatMap((rank) => [1, 2, 3, 4].map((at) => Number(at === rank)))),
    features: [],
  }
  return { table, score }
}

describe('measures of a ranking', () => {
  const { table, score } = ranked([1, 1, 2, 3, 4], (one) => `p${one}`)
  const measures = measureChoices(table, score, 1)

  it('are those of the definition, and the same as the ladder is judged by', () => {
    expect(measures).toMatchObject({ cases: 5, persons: 5 })
    expect(measures.hitAt1.mean).toBeCloseTo(2 / 5)
    expect(measures.hitAt3.mean).toBeCloseTo(4 / 5)
    expect(measures.mrr.mean).toBeCloseTo((1 + 1 + 1 / 2 + 1 / 3 + 1 / 4) / 5)
    const { hitAt1, ndcgAt3, nll } = scoreChoices(table, score)
    expect([measures.hitAt1.mean, measures.ndcgAt3.mean, measures.nll.mean]).toEqual([
      hitAt1,
      ndcgAt3,
      nll,
    ])
  })

  it('lie within their limits, which narrow with more persons and not with more of one', () => {
    const width = (count: number, persons: number): number => {
      const many = ranked(
        Array.from({ length: count }, (_, one) => 1 + ((one % persons) % 2)),
        (one) => `p${one % persons}`,
      )
      const { mean, low, high } = measureChoices(many.table, many.score, 1).hitAt1
      expect(low).toBeLessThanOrEqual(mean)
      expect(high).toBeGreaterThanOrEqual(mean)
      return high - low
    }
    expect(width(400, 400)).toBeLessThan(0.6 * width(100, 100))
    expect(width(1_000, 10)).toBeCloseTo(width(10, 10), 5)
  })

  it('say that probabilities are right where choices are drawn by them, and wrong where not', () => {
    const chance = seededChance(3)
    const odds = [3, 2, 1, 0].map(Math.exp)
    const all = odds.reduce((sum, one) => sum + one, 0)
    const drawn = Array.from({ length: 4_000 }, () => {
      let left = chance() * all
      return 1 + odds.findIndex((one) => (left -= one) < 0)
    })
    const told = ranked(drawn, (one) => `p${one}`)
    expect(measureChoices(told.table, told.score, 1).calibration.error).toBeLessThan(0.02)
    const sure = told.score.map((value) => 4 * value)
    expect(measureChoices(told.table, sure, 1).calibration.error).toBeGreaterThan(0.1)
  })

  it('of nothing are nothing', () => {
    expect(limited([], 1)).toEqual({ mean: 0, low: 0, high: 0 })
  })
})

describe('the value of the logged policy', () => {
  /** The best is taken with a chance of .4, anything else with .2; the best is shown three times of four. */
  function logOf(seed: number, count: number): readonly LoggedPlace[] {
    const chance = seededChance(seed)
    return Array.from({ length: count }, (_, one) => {
      const explored = chance() >= 0.75
      const propensity = explored ? 0.25 : 0.75
      return { driver: `d${one}`, propensity, explored, taken: chance() < (explored ? 0.2 : 0.4) }
    })
  }

  it('is what was seen, and without exploration what the best alone is worth', () => {
    const { logged, greedyIps, greedySnips, explored } = policyValues(logOf(1, 4_000), 1)
    expect(explored).toBeGreaterThan(900)
    expect(Math.abs(logged.mean - 0.35)).toBeLessThan(0.03)
    expect(Math.abs(greedyIps.mean - 0.4)).toBeLessThan(0.03)
    expect(Math.abs(greedySnips.mean - 0.4)).toBeLessThan(0.03)
    expect(greedySnips.low).toBeGreaterThan(logged.high - 0.02)
  })

  it('lies within its limits in nineteen of twenty logs, or nearly', () => {
    const held = Array.from({ length: 60 }, (_, seed) => {
      const { low, high } = policyValues(logOf(seed + 10, 300), 1).greedySnips
      return low <= 0.4 && 0.4 <= high
    })
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(52)
  })

  it('of a log in which nothing was explored is what was seen', () => {
    const log = logOf(2, 50).map((one) => ({ ...one, explored: false, propensity: 1 }))
    const { logged, greedyIps, greedySnips, effective } = policyValues(log, 1)
    expect(greedyIps).toEqual(logged)
    expect(greedySnips).toEqual(logged)
    expect(effective).toBeCloseTo(50)
  })
})
