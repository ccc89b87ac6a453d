import { describe, expect, it } from 'vitest'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { whatIf, type Station } from '../../../src/domain/twin/what-if.ts'
import { steady } from './day-of-test.ts'

const rule = { config: recommendedConfig, staging: true }
const length = { seed: 5, replications: 2 }
const station: Station = { kind: 'steady', steady: { ...steady, load: 0.6 }, rule }

describe('what if', () => {
  it('a closed position makes everybody wait longer, first come first served being as before', () => {
    const answer = whatIf(station, [{ kind: 'close-position' }], length)
    const plain = whatIf(station, [], length)
    if (!answer.ok || !plain.ok) return expect.fail('no answer')
    const { then, now, b } = answer.value
    expect(then?.allMean.mean).toBeGreaterThan(now.allMean.mean)
    expect(plain.value).toEqual({ now, b })
  })

  it('another rule meets the same vehicles', () => {
    const same = { kind: 'rule', streakLimit: 2, streakLimitWhenOld: 1 } as const
    const answer = whatIf(station, [same], length)
    expect(answer.ok && answer.value.then).toEqual(answer.ok && answer.value.now)
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
