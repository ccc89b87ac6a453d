import { describe, expect, it } from 'vitest'
import { expectedFill, expectedFillPercent } from '../../../src/domain/slots/expected-fill.ts'
import { grams } from '../../../src/units/mass.ts'

describe('the expected fill', () => {
  it('J7 150 bar give three quarters of a cylinder, told in tenths of a kilogram', () => {
    const percent = expectedFillPercent(150_000)
    expect(percent).toBe(75)
    expect(expectedFill(grams(4_000), percent)).toBe(3_000)
    expect(expectedFill(grams(8_500), percent)).toBe(6_300)
  })

  it('from 180 bar, or when nobody measures, nothing is told', () => {
    expect(expectedFill(grams(4_000), expectedFillPercent(180_000))).toBeNull()
    expect(expectedFill(grams(4_000), expectedFillPercent(179_999))).toBe(3_500)
    expect(expectedFill(grams(4_000), null)).toBeNull()
  })

  it('never promises more than was wished, nor less than nothing', () => {
    for (let mbar = -10_000; mbar <= 260_000; mbar += 1_000) {
      const expected = expectedFill(grams(4_000), expectedFillPercent(mbar)) ?? 4_000
      expect(expected).toBeGreaterThanOrEqual(0)
      expect(expected).toBeLessThanOrEqual(4_000)
    }
  })
})
