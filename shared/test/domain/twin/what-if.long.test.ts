import { describe, expect, it } from 'vitest'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { askWhatIf, whatIf, type Station } from '../../../src/domain/twin/what-if.ts'
import { steady } from './day-of-test.ts'

const rule = { config: recommendedConfig, staging: true }
const length = { seed: 5, replications: 2 }
const station: Station = { kind: 'steady', steady: { ...steady, load: 0.6 }, rule }

describe('what if', () => {
  it('a closed position makes everybody wait longer, first come first served being as before', () => {
    const answer = whatIf(station, [{ kind: 'close-position' }], length)
    const plain = whatIf(station, [], length)
    if (!answer.ok || !plain.ok) return expect.fail('no answer')
    const { then, now, b, difference } = answer.value
    expect(then?.allMean.mean).toBeGreaterThan(now.allMean.mean)
    const added = (then?.allMean.mean ?? NaN) - now.allMean.mean
    expect(difference?.allMean.mean).toBeCloseTo(added, 9)
    expect(plain.value).toEqual({ now, b })
  })

  it('another rule meets the same vehicles', () => {
    const same = { kind: 'rule', streakLimit: 2, streakLimitWhenOld: 1 } as const
    const answer = whatIf(station, [same], length)
    if (!answer.ok) return expect.fail('no answer')
    expect(answer.value.then).toEqual(answer.value.now)
    const nothing = { mean: 0, low: 0, high: 0 }
    expect(answer.value.difference).toMatchObject({ allMean: nothing, bookedP95: nothing })
  })

  it('the same vehicles on both sides: the difference is known better than either side', () => {
    const rule31 = { kind: 'rule', streakLimit: 3, streakLimitWhenOld: 1 } as const
    const answer = whatIf(station, [rule31], { seed: 5, replications: 6 })
    if (!answer.ok) return expect.fail('no answer')
    const { now, difference } = answer.value
    const spread = (one: { low: number; high: number } | undefined) =>
      (one?.high ?? NaN) - (one?.low ?? NaN)
    expect(spread(difference?.walkInMean)).toBeLessThan(spread(now.walkInMean) / 2)
  })

  it('whoever has to stop in time is told after each replication', () => {
    const steps = [...askWhatIf(station, [{ kind: 'close-position' }], length)]
    expect(steps).toEqual([1, 2, 3, 4].map((done) => ({ done, steps: 4 })))
  })

  it('what cannot be is refused with its reason', () => {
    const one: Station = { kind: 'steady', steady: { ...steady, positions: 1 }, rule }
    const full: Station = { kind: 'steady', steady, rule }
    const close = [{ kind: 'close-position' }] as const
    expect(whatIf(one, close, length)).toMatchObject({ error: { code: 'no_position_left' } })
    expect(whatIf(full, close, length)).toMatchObject({ error: { code: 'overloaded' } })
    const cap = [{ kind: 'cap', cap: 'flat' }] as const
    expect(whatIf(full, cap, length)).toMatchObject({ error: { code: 'no_cap_in_steady_state' } })
  })
})
