import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, percentile, spreadOf } from '../../bench/figures/spread.ts'

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
const samples = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 })

describe('percentile by nearest rank', () => {
  it('p99 of a hundred samples is the ninety-ninth in order', () => {
    expect(percentile(hundred, 0.99)).toBe(99)
  })
  it('p100 is the greatest and p0 the least', () => {
    expect([percentile(hundred, 1), percentile(hundred, 0)]).toEqual([100, 1])
  })
  it('nothing has no percentile', () => {
    expect(percentile([], 0.5)).toBeUndefined()
  })
  it('at least the share of all samples does not exceed it, and it is one of them', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const found = percentile(all, share) ?? NaN
        const within = all.filter((sample) => sample <= found).length
        return all.includes(found) && within >= Math.ceil(share * all.length)
      }),
    )
  })
})

describe('median', () => {
  it('an odd count has a middle, an even one the mean of two', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
  })
  it('a spread holds its median between its ends', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const { median: middle, low, high } = spreadOf(all)
        return low <= middle && middle <= high
      }),
    )
  })
  it('a spread of no rounds is a bug of the bench', () => {
    expect(() => spreadOf([])).toThrow('at least one round')
  })
})
