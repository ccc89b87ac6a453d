import { after, millis, minutes } from '@baari/shared/units/time'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowVerdict, type WindowFacts } from '../../../src/domain/check-in/window-verdict.ts'
import { at, windowStart } from '../../support/scan-builders.ts'

const window: WindowFacts = {
  windowStart,
  expires: after(windowStart, minutes(30)),
  earlyGraceMs: minutes(20),
  delayMs: millis(0),
  trusted: true,
}

describe('the window verdict', () => {
  it.each([
    ['08:39:59', 'TOO_EARLY'],
    ['08:40', 'ADMIT'],
    ['09:10', 'ADMIT'],
    ['09:10:01', 'LATE'],
    ['09:30', 'LATE'],
    ['09:30:01', 'NO_SHOW'],
  ] as const)('at %s a window of 09:00 says %s', (clock, verdict) => {
    expect(windowVerdict(window, at(clock))).toBe(verdict)
  })

  it('a station delay moves the late edges and never the early one', () => {
    const late = { ...window, delayMs: minutes(15) }
    expect(windowVerdict(late, at('08:41'))).toBe('ADMIT')
    expect(windowVerdict(late, at('09:25'))).toBe('ADMIT')
    expect(windowVerdict(late, at('09:25:01'))).toBe('LATE')
    expect(windowVerdict(late, at('09:45:01'))).toBe('NO_SHOW')
  })

  it('C01 with an uncertain clock nobody is late, yet a token far past its end is not revived', () => {
    const unsure = { ...window, trusted: false }
    expect(windowVerdict(unsure, at('09:12'))).toBe('ADMIT')
    expect(windowVerdict(unsure, at('09:31'))).toBe('NO_SHOW')
  })

  it('more delay or a later expiry never makes the verdict worse', () => {
    const rank = ['NO_SHOW', 'LATE', 'ADMIT']
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 90 }), fc.nat(60), fc.nat(60), (m, d, e) => {
        const now = after(windowStart, minutes(m))
        const base = rank.indexOf(windowVerdict(window, now))
        const wider = {
          ...window,
          delayMs: minutes(d),
          expires: after(window.expires, minutes(e)),
        }
        expect(rank.indexOf(windowVerdict(wider, now))).toBeGreaterThanOrEqual(base)
      }),
    )
  })
})
