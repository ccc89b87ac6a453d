import { hours } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { decideScan } from '../../../src/domain/check-in/decide-scan.ts'
import type { BookingFacts, ReadingFacts } from '../../../src/domain/check-in/scan-facts.ts'
import { at, fill, policy, scan, token, type ScanChange } from '../../support/scan-builders.ts'

const verdictOf = (reading: ReadingFacts, change?: ScanChange) =>
  decideScan(scan(reading, change)).verdict

describe('limits of fills', () => {
  const cooled = { ...policy, limits: { ...policy.limits, coolDownMs: hours(0) } }
  const car = (change: Partial<BookingFacts>) => token({ vehicleClass: 'car', ...change })

  it('P28 a fill at 23:59 counts for that IST day and not for 00:01 of the next', () => {
    const fills = [fill(at('23:59', '2026-11-21'))]
    const midnight = { windowStart: at('00:00'), expires: at('00:30') }
    const scanAt = (clock: string) => ({ now: at(clock), policy: cooled })
    expect(verdictOf(car({ ...midnight, fills }), scanAt('00:01'))).toBe('ADMIT')
    const sameDay = [fill(at('00:01'))]
    expect(verdictOf(car({ fills: sameDay }), scanAt('09:05'))).toBe('LIMIT')
  })

  it('P28 a fill of the UTC day before counts when it is the same IST day', () => {
    // 00:30 IST is 19:00 UTC of the day before.
    expect(verdictOf(car({ fills: [fill(at('00:30'))] }), { policy: cooled })).toBe('LIMIT')
  })

  it('P28 a rule for part of the day counts only the fills of that part', () => {
    const morning = {
      ...cooled,
      limits: { ...cooled.limits, countFrom: '06:00', countUntil: '08:00' },
    }
    const withFill = (clock: string) => car({ fills: [fill(at(clock))] })
    expect(verdictOf(withFill('05:59'), { policy: morning })).toBe('ADMIT')
    expect(verdictOf(withFill('06:00'), { policy: morning })).toBe('LIMIT')
    expect(verdictOf(withFill('08:00'), { policy: morning })).toBe('ADMIT')
  })

  it('P28 a fill below 80 % of the expected grams is not counted', () => {
    expect(verdictOf(car({ fills: [fill(at('07:00'), 3199)] }))).toBe('ADMIT')
    expect(verdictOf(car({ fills: [fill(at('06:00'), 3200)] }))).toBe('LIMIT')
  })

  it('two hours of cool-down follow a full fill', () => {
    const fills = [fill(at('07:30'))]
    expect(decideScan(scan(token({ fills }), { now: at('09:29') }))).toMatchObject({
      verdict: 'LIMIT',
      facts: { reason: 'cool-down', untilMs: at('09:30') },
    })
    expect(verdictOf(token({ fills }), { now: at('09:30') })).toBe('LATE')
  })
})
