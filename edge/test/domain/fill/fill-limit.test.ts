import { describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { fillLimit, overran, smallestLimit } from '../../../src/domain/fill/fill-limit.ts'

describe('the preset of a fill', () => {
  it("without a wish it is the class's ceiling", () => {
    expect(fillLimit('car', null)).toBe(15_000)
    expect(fillLimit('auto', null)).toBe(6_000)
  })
  it('a wish below the ceiling is taken, above it the ceiling stands', () => {
    expect(fillLimit('car', grams(4_000))).toBe(4_000)
    expect(fillLimit('auto', grams(9_000))).toBe(6_000)
  })
  it('a wish too small to meter is raised to the smallest', () => {
    expect(fillLimit('car', grams(1))).toBe(smallestLimit)
  })
  it('D10: gas is an overrun only beyond the tolerance', () => {
    expect(overran(grams(8_200), grams(8_000), grams(200))).toBe(false)
    expect(overran(grams(8_201), grams(8_000), grams(200))).toBe(true)
  })
})
