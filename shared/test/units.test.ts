import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dayOfIsoDate,
  isoDate,
  istClockText,
  istDay,
  istDayStart,
  slotOfDay,
} from '../src/units/ist-calendar.ts'
import { grams, kilogramText } from '../src/units/mass.ts'
import { amountFor, paisePerKg, rupeeText, paise } from '../src/units/money.ts'
import { dayNumber, instant } from '../src/units/time.ts'

describe('units', () => {
  it('an amount is the mass times the price, rounded half up to the paisa', () => {
    expect(amountFor(grams(2400), paisePerKg(8950))).toBe(21_480)
    expect(amountFor(grams(1), paisePerKg(500))).toBe(1)
    expect(amountFor(grams(1), paisePerKg(499))).toBe(0)
  })

  it('an amount never differs from the exact product by more than half a paisa', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500_000 }),
        fc.integer({ min: 0, max: 50_000 }),
        (g, p) => {
          const exact = BigInt(g) * BigInt(p)
          const twice = 2n * (BigInt(amountFor(grams(g), paisePerKg(p))) * 1000n - exact)
          return twice > -1000n && twice <= 1000n
        },
      ),
    )
  })

  it('fractions of a gram and of a paisa are bugs', () => {
    expect(() => grams(0.5)).toThrow('safe integer')
    expect(() => paise(0.1)).toThrow('safe integer')
  })

  it('kilograms and rupees read as people write them', () => {
    expect(kilogramText(grams(2445))).toBe('2.45')
    expect(kilogramText(grams(-2445), 3)).toBe('-2.445')
    expect(kilogramText(grams(9999), 1)).toBe('10.0')
    expect(rupeeText(paise(-105))).toBe('-1.05')
  })

  it('the IST day begins at 18:30 UTC of the day before', () => {
    const day = dayOfIsoDate('2026-11-22')!
    expect(new Date(istDayStart(day)).toISOString()).toBe('2026-11-21T18:30:00.000Z')
    expect(istDay(instant(Date.parse('2026-11-21T18:29:59.999Z')))).toBe(day - 1)
    expect(istClockText(instant(Date.parse('2026-11-22T08:37:00Z')))).toBe('14:07')
    expect(slotOfDay(instant(Date.parse('2026-11-22T08:37:00Z')))).toBe(14 * 12 + 1)
  })

  it('a date text is a day number and back, and no other text is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        (n) => dayOfIsoDate(isoDate(dayNumber(n))) === n,
      ),
    )
    expect(dayOfIsoDate('2026-02-30')).toBeUndefined()
    expect(dayOfIsoDate('26-02-03')).toBeUndefined()
  })
})
