import { describe, expect, it } from 'vitest'
import { seededChance, type Chance } from '@baari/shared/domain/forecast/chance'
import { bandOf, stretchOf } from '@baari/shared/domain/forecast/interval/conformal'
import { judgeChallenger, type GateFacts } from '@baari/shared/domain/forecast/learning/gate'
import type { JudgedRow, Quantiles } from '@baari/shared/domain/forecast/learning/judged-row'
import { stepCover } from '@baari/shared/domain/forecast/learning/step-cover'
import { poissonQuantile } from '@baari/shared/domain/forecast/serving/walk-in-work'
import { expectedVehicles } from '@baari/shared/testing/made-demand'

const facts: GateFacts = {
  ...{ parityWrong: 0, parityRows: 900, weekMs: 40, loadMs: 20 },
  ...{ origins: 4, madeHoldOut: false, seed: 1 },
}
const quarters = 28 * 96
const seeds = [1, 2, 3, 4, 5]

const countAt = (mean: number, share: number): number =>
  mean === 0 ? 0 : poissonQuantile(mean, share)

/** Of a normal distribution, by the shares that are asked here. */
const deviates = new Map([
  [0.1, -1.2816],
  [0.5, 0],
  [0.9, 1.2816],
])
const normalAt = (mean: number, share: number): number => mean + 5 * deviates.get(share)!

type Demand = {
  /** What is expected of the n-th quarter of four weeks. */
  readonly mean: (n: number) => number
  readonly quantile: (mean: number, share: number) => number
  readonly draw: (mean: number, chance: Chance) => number
}

const drawCount = (mean: number, chance: Chance): number => countAt(mean, chance())
const counts = (times: number): Demand => ({
  mean: (n) => times * expectedVehicles(n),
  ...{ quantile: countAt, draw: drawCount },
})
const continuous: Demand = {
  mean: (n) => 50 + 20 * Math.sin(n / 15),
  quantile: normalAt,
  draw: (mean, chance) =>
    mean + 5 * Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance()),
}

/** What a vehicle an hour, one each quarter, many, and what is weighed look like. */
const demands: readonly (readonly [string, Demand])[] = [
  ['a vehicle in two hours by day, none by night', counts(0.02)],
  ['a vehicle in half an hour', counts(0.1)],
  ['one or two in a quarter', counts(0.3)],
  ['five in a quarter', counts(1)],
  ['fifty in a quarter', counts(10)],
  ['kilograms', continuous],
]

type Bend = (right: Quantiles) => Quantiles

/** Four weeks told by a model that knows the distribution, its band bent; the champion errs more. */
function told({ mean, quantile, draw }: Demand, bend: Bend, seed: number): readonly JudgedRow[] {
  const chance = seededChance(seed)
  return Array.from({ length: quarters }, (_, n): JudgedRow => {
    const expected = mean(n)
    const right = {
      q10: quantile(expected, 0.1),
      q50: quantile(expected, 0.5),
      q90: quantile(expected, 0.9),
    }
    const off = 3 + Math.abs(right.q90 - right.q10)
    return {
      ...{ station: 1, series: '1/arrivals', day: Math.floor(n / 96), event: false },
      actual: draw(expected, chance),
      champion: { q10: right.q10, q50: right.q50 + off, q90: right.q90 + 2 * off },
      challenger: bend(right),
      naive: right.q50 + off,
    }
  })
}

const asItIs: Bend = (right) => right
/** Twice as far from the median, and a vehicle more. */
const overWide: Bend = ({ q10, q50, q90 }) => ({
  q10: Math.max(0, q50 - 2 * (q50 - q10) - 1),
  q50,
  q90: q50 + 2 * (q90 - q50) + 1,
})

describe('the gate and counts', () => {
  it.each(demands)('%s: a model that tells the right quantiles is let in', (_, demand) => {
    for (const seed of seeds) {
      const verdict = judgeChallenger(told(demand, asItIs, seed), facts)
      expect(verdict.reasons).toEqual([])
      expect(verdict.stepCover).toBeGreaterThan(0.77)
      expect(verdict.stepCover).toBeLessThan(0.83)
    }
  })

  it('the plain share alone would have held back the right model of all but the largest counts', () => {
    const cover = (demand: Demand): number => judgeChallenger(told(demand, asItIs, 1), facts).cover
    expect(demands.map(([, demand]) => cover(demand) > 0.88)).toEqual([
      ...[true, true, true, true],
      ...[false, false],
    ])
  })

  it.each(demands.slice(1))('%s: a band twice as wide is held back', (_, demand) => {
    for (const seed of seeds) {
      expect(judgeChallenger(told(demand, overWide, seed), facts).reasons).toContain('coverage_out')
    }
  })

  it('where a vehicle comes in two hours, a band that holds five of them is held back too', () => {
    const five: Bend = ({ q50 }) => ({ q10: 0, q50, q90: 5 })
    for (const seed of seeds) {
      const { reasons } = judgeChallenger(told(counts(0.02), five, seed), facts)
      expect(reasons).toContain('coverage_out')
    }
  })

  it.each(demands.slice(3))('%s: a band half as wide is held back', (_, demand) => {
    const narrow: Bend = ({ q10, q50, q90 }) => {
      return { q10: (q10 + q50) / 2, q50, q90: (q90 + q50) / 2 }
    }
    for (const seed of seeds) {
      expect(judgeChallenger(told(demand, narrow, seed), facts).reasons).toContain('coverage_out')
    }
  })

  it('too wide by day is not made up for by nights without a vehicle', () => {
    // Two hours of every three are night, and hold everything in any band.
    const rare: Demand = { ...counts(1), mean: (n) => (n % 12 < 4 ? 6 : 0) }
    const wideByDay: Bend = (right) => (right.q90 === 0 ? right : overWide(right))
    const right = judgeChallenger(told(rare, asItIs, 1), facts)
    expect(right.reasons).toEqual([])
    expect(right.cover).toBeGreaterThan(0.94)
    const wide = judgeChallenger(told(rare, wideByDay, 1), facts)
    expect(wide.reasons).toContain('coverage_out')
    expect(wide.stepCover).toBeGreaterThan(0.95)
  })

  it('the product’s own band, fitted to weeks before, is let in at any size of counts', () => {
    for (const [, { mean, draw }] of demands) {
      for (const seed of seeds) {
        const chance = seededChance(seed)
        const drawn = (from: number) =>
          Array.from({ length: quarters }, (_, n) => draw(mean(from + n), chance))
        const centre = Float64Array.from({ length: quarters }, (_, n) => mean(n))
        const side = centre.map((value) => Math.sqrt(value + 0.02 ** 2))
        const raw = { centre, down: side, up: side, median: centre.map(Math.round) }
        const stretch = stretchOf({ ...raw, actual: Float64Array.from(drawn(0)) })
        const { low, high } = bandOf(raw, stretch)
        const rows = drawn(quarters).map((actual, n) => {
          return { series: 'a', actual, low: low[n]!, high: high[n]! }
        })
        expect(stepCover(rows)).toBeLessThan(0.88)
      }
    }
  })
})

describe('the share in bands of outcomes with steps', () => {
  const band = (actual: number, low: number, high: number) => ({ series: 'a', actual, low, high })

  it('of nothing, and of what was certain, is what it should be', () => {
    expect(stepCover([])).toBeCloseTo(0.8, 6)
    expect(stepCover([0, 0, 0].map((actual) => band(actual, 0, 0.7)))).toBeCloseTo(0.8, 6)
  })

  it('is the plain share where no outcome lies on an end', () => {
    const rows = [1.13, 2.71, 3.14, 4.2, 9.9].map((actual) => band(actual, 2, 4))
    expect(stepCover(rows)).toBeCloseTo(2 / 5, 6)
  })

  it('counts of the last step what the end needs: of ten with eight below and two on it, nine', () => {
    const rows = [1, 1, 1, 1, 1, 1, 1, 1, 3, 3].map((actual) => band(actual, 0.5, 3))
    // The low end lies on the step of the ones, and should miss a tenth of all.
    expect(stepCover(rows)).toBeCloseTo(0.9 - 0.1, 6)
  })

  it('a step that is not needed at all counts nothing, one that is not enough counts wholly', () => {
    const wide = [...Array.from({ length: 19 }, () => 1), 5].map((actual) => band(actual, 0.5, 5))
    expect(stepCover(wide)).toBeCloseTo(0.95 - 0.1, 6)
    const narrow = [1, 1, 2, 3, 3].map((actual) => band(actual, 2, 2.5))
    expect(stepCover(narrow)).toBeCloseTo(0.6 - 0.4, 6)
  })

  it('outcomes above and below every band count for nothing', () => {
    expect(stepCover([7, 8, 9].map((actual) => band(actual, 1, 2)))).toBe(0)
    expect(stepCover([7, 8, 9].map((actual) => band(actual, 11, 12)))).toBe(0)
    expect(stepCover([1, 3, 1, 3].map((actual) => band(actual, 2, 2.5)))).toBe(0)
  })
})
