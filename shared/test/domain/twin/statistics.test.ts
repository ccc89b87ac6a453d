import { describe, expect, it } from 'vitest'
import { erlangC, meanWait } from '../../../src/domain/twin/closed-forms.ts'
import {
  meanOf,
  percentile,
  ratioOf,
  tQuantile,
  tTail,
} from '../../../src/domain/twin/statistics.ts'
import { squaredVariation, usualShares } from '../../../src/domain/twin/visit.ts'

describe('confidence intervals', () => {
  it('the points of the t distribution are those of the tables', () => {
    const points = [1, 2, 3, 5, 10, 23, 79].map((freedom) => tQuantile(freedom))
    const tables = [12.706, 4.303, 3.182, 2.571, 2.228, 2.069, 1.99]
    points.forEach((point, i) => expect(Math.abs(point / tables[i]! - 1)).toBeLessThan(0.005))
  })

  it('the tail of the t distribution is that of the tables, and its inverse is the point', () => {
    const tails = [tTail(4.303, 2), tTail(2.228, 10), tTail(3.169, 10), tTail(3.46, 60)]
    ;[0.05, 0.05, 0.01, 0.001].forEach((p, i) => expect(tails[i]! / p).toBeCloseTo(1, 2))
    expect(tTail(tQuantile(46), 46)).toBeCloseTo(0.05, 5)
  })

  it('an odd number of degrees of freedom counts as one less, and fewer than two prove nothing', () => {
    expect(tTail(2, 23)).toBe(tTail(2, 22))
    expect([tTail(50, 1), tTail(50, NaN), tTail(0, 10)]).toEqual([1, 1, 1])
  })

  it('a mean has an interval from two values on, and one value proves nothing', () => {
    const { mean, low, high } = meanOf([1, 2, 3])
    expect([mean, low, high].map((x) => Number(x.toFixed(2)))).toEqual([2, -0.48, 4.48])
    expect(meanOf([5])).toEqual({ mean: 5, low: -Infinity, high: Infinity })
  })

  it('a ratio of proportional figures is exact', () => {
    const { mean, low, high } = ratioOf([2, 4, 6], [1, 2, 3])
    expect([mean, low, high]).toEqual([2, 2, 2])
  })

  it('a percentile is the value at floor(q·n), and the largest for q = 1', () => {
    const sorted = Float64Array.from([1, 2, 3, 4])
    expect([0, 0.5, 0.95, 1].map((q) => percentile(sorted, q))).toEqual([1, 3, 4, 4])
  })
})

describe('closed forms', () => {
  it('the waits of M/G/c are those of the design', () => {
    const wait = (servers: number, load: number) =>
      meanWait({
        servers,
        load,
        meanService: 4.18,
        squaredVariation: squaredVariation(usualShares),
      })
    const table = [2, 4, 8].map((c) => [0.7, 0.85, 0.95].map((load) => wait(c, load).toFixed(2)))
    expect(table).toEqual([
      ['2.71', '7.35', '26.12'],
      ['1.01', '3.24', '12.58'],
      ['0.32', '1.35', '5.96'],
    ])
  })

  it('one server waits with the probability that it is busy, and M/G/1 is Pollaczek and Khinchine', () => {
    expect(erlangC(1, 0.85)).toBeCloseTo(0.85, 12)
    const mg1 = meanWait({
      servers: 1,
      load: 0.85,
      meanService: 4.18,
      squaredVariation: squaredVariation(usualShares),
    })
    expect(mg1.toFixed(2)).toBe('15.99')
  })
})
