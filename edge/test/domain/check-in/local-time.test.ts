import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import { present } from '@baari/shared/faults/assert'
import { dayNumber } from '@baari/shared/units/time'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOfLocalTime } from '../../../src/domain/check-in/local-time.ts'

const shown = (date: string, clock: string, zone: string) =>
  new Date(instantOfLocalTime(present(dayOfIsoDate(date), date), clock, zone)).toISOString()

describe('a rule given as a local time of day', () => {
  it('is an instant in the zone of the station', () => {
    expect(shown('2026-11-22', '09:00', 'Asia/Kolkata')).toBe('2026-11-22T03:30:00.000Z')
  })

  it('P32 a time that daylight saving skips is the next instant that exists', () => {
    // Berlin, 29 March 2026: 02:00 to 03:00 does not exist; 03:00 summer time is 01:00 UTC.
    expect(shown('2026-03-29', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z')
  })

  it('P32 a time that comes twice is the first', () => {
    expect(shown('2026-10-25', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
  })

  it('P32 an unknown zone or a text that is no time never throws', () => {
    expect(shown('2026-11-22', '09:00', 'Nowhere/Land')).toBe('2026-11-22T09:00:00.000Z')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.string(), fc.string(), (day, t, z) => {
        expect(Number.isSafeInteger(instantOfLocalTime(dayNumber(day), t, z))).toBe(true)
      }),
    )
  })
})
