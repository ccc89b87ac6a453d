import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { adaptStretch } from '@baari/shared/domain/forecast/interval/adaptive'
import { bandOf, stretchOf } from '@baari/shared/domain/forecast/interval/conformal'
import { chooseWeights, weighted } from '@baari/shared/domain/forecast/pool/choose-weights'
import { coverage, meanAbsolute, pinball } from '@baari/shared/domain/forecast/pool/scores'

const rows = 2_000

/** Outcomes around 100 whose raw band is `wide` times too narrow. */
function outcomes(seed: number, wide: number) {
  const chance = seededChance(seed)
  const flat = (value: number): Float64Array => new Float64Array(rows).fill(value)
  const actual = flat(0).map(() => 100 + 40 * (chance() - 0.5))
  const side = flat(16 / wide)
  return { actual, centre: flat(100), down: side, up: side, median: flat(100) }
}

describe('bands', () => {
  it('a band four times too narrow covers four fifths after its correction', () => {
    const past = outcomes(1, 4)
    const next = outcomes(2, 4)
    const { low, high } = bandOf(next, stretchOf(past))
    const cover = coverage(next.actual, low, high)
    expect(cover).toBeGreaterThan(0.77)
    expect(cover).toBeLessThan(0.83)
  })

  it('counts near zero do not cover more than the goal', () => {
    const chance = seededChance(4)
    const mean = Float64Array.from({ length: rows }, () => 0.2 + 1.2 * chance())
    const actual = mean.map((rate) => (chance() < rate / 2 ? (chance() < rate / 3 ? 2 : 1) : 0))
    const side = mean.map(Math.sqrt)
    const outcome = { actual, centre: mean, down: side, up: side, median: new Float64Array(rows) }
    const { low, high } = bandOf(outcome, stretchOf(outcome))
    const cover = coverage(actual, low, high)
    expect(cover).toBeGreaterThan(0.76)
    expect(cover).toBeLessThan(0.88)
  })

  it('nothing is negative and nothing crosses, however wrong the raw band is', () => {
    const past = outcomes(1, 0.1)
    const raw = {
      ...past,
      down: past.down.map((side, row) => side * (row % 7)),
      median: past.actual,
    }
    const { low, high } = bandOf(raw, { down: 30, up: -2 })
    low.forEach((bottom, row) => {
      expect(bottom).toBeGreaterThanOrEqual(0)
      expect(bottom).toBeLessThanOrEqual(raw.median[row]!)
      expect(high[row]).toBeGreaterThanOrEqual(raw.median[row]!)
    })
  })

  it('the correction of a day knows no outcome that is less than a day old', () => {
    const hour = 3_600_000
    const at = Float64Array.from({ length: rows }, (_, row) => row * hour)
    const past = { ...outcomes(1, 2), at: at.map((ms) => ms - rows * hour) }
    const future = { ...outcomes(2, 2), at }
    const on = { past, leadMs: 24 * hour, window: 700, perDay: 24 }
    const stretches = adaptStretch({ ...on, future })
    const changedAt = 240
    const actual = future.actual.map((y, row) => (row >= changedAt ? y * 9 : y))
    const others = adaptStretch({ ...on, future: { ...future, actual } })
    const first = stretches.findIndex((one, row) => one.up !== others[row]?.up)
    expect(first).toBeGreaterThanOrEqual(changedAt + 24)
    expect(first).toBeLessThan(changedAt + 72)
  })

  it('errors that grow to twice what they were are covered again within weeks, not months', () => {
    const hour = 3_600_000
    const at = Float64Array.from({ length: rows }, (_, row) => row * hour)
    const past = { ...outcomes(1, 2), at: at.map((ms) => ms - rows * hour) }
    const actual = outcomes(2, 2).actual.map((y) => 100 + 2 * (y - 100))
    const future = { ...outcomes(2, 2), actual, at }
    const on = { past, future, leadMs: 24 * hour, window: 42 * 24, perDay: 24 }
    const stretches = adaptStretch(on)
    const covered = (from: number, to: number): number => {
      const inside = [...actual.keys()].slice(from, to).filter((row) => {
        const { up, down } = stretches[row]!
        return actual[row]! <= 100 + 8 * up && actual[row]! >= 100 - 8 * down
      })
      return inside.length / (to - from)
    }
    expect(covered(0, 48)).toBeLessThan(0.6)
    expect(covered(14 * 24, 28 * 24)).toBeGreaterThan(0.76)
    expect(covered(28 * 24, rows)).toBeLessThan(0.88)
  })
})

describe('the mixture', () => {
  const actual = Float64Array.from({ length: 200 }, (_, row) => row % 7)

  it('a member that is right alone gets all the weight', () => {
    const members = [
      { name: 'wrong', forecast: actual.map((y) => y + 3) },
      { name: 'right', forecast: actual },
    ]
    expect(chooseWeights(members, actual, meanAbsolute)).toEqual(new Map([['right', 1]]))
  })

  it('members that err to opposite sides share the weight', () => {
    const members = [
      { name: 'above', forecast: actual.map((y) => y + 2) },
      { name: 'below', forecast: actual.map((y) => y - 2) },
    ]
    const weights = chooseWeights(members, actual, meanAbsolute)
    expect(weights.get('above')).toBeCloseTo(0.5)
    expect(meanAbsolute(actual, weighted(members, weights))).toBeCloseTo(0)
  })

  it('pinball loss weighs what lies above the 90 % quantile nine times', () => {
    expect(pinball(0.9, [10], [0])).toBeCloseTo(9)
    expect(pinball(0.9, [0], [10])).toBeCloseTo(1)
  })
})
