import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { grams } from '@baari/shared/units/mass'
import { millis } from '@baari/shared/units/time'
import { stepOf, totalsAgree, wound } from '../../../src/domain/fill/totaliser.ts'

const meter = {
  widthGrams: grams(10_000_000),
  maxFlowGramsPerS: grams(500),
  countGrams: grams(10),
}

function step(from: number, to: number, over: { age?: number | null; sale?: number } = {}) {
  const age = over.age === undefined ? 1_000 : over.age
  return stepOf({
    from: grams(from),
    reading: { totaliserGrams: grams(to), sinceLastMs: age === null ? null : millis(age) },
    meter,
    saleGrams: over.sale === undefined ? null : grams(over.sale),
  })
}

describe('the step between two totaliser readings', () => {
  it('a counter that grew gives the difference', () => {
    expect(step(9_000_000, 9_008_000)).toEqual({ kind: 'forward', grams: 8_000 })
  })
  it('D01: a counter that passed its width within the flow of the hose gives the exact mass', () => {
    expect(step(9_999_900, 300)).toEqual({ kind: 'rollover', grams: 400 })
  })
  it('D01: a rollover after many minutes is believed up to maximum flow times the time plus 1 kg', () => {
    expect(step(9_990_000, 9_999, { age: 38_000 }).kind).toBe('rollover')
    expect(step(9_990_000, 10_001, { age: 38_000 }).kind).toBe('reset')
  })
  it('D01: the sale in the device log explains a rollover whatever the age of the reading', () => {
    expect(step(9_990_000, 10_000, { age: null, sale: 20_010 })).toEqual({
      kind: 'rollover',
      grams: 20_000,
    })
    expect(step(9_990_000, 10_000, { age: null, sale: 20_011 }).kind).toBe('reset')
  })
  it('D02: a step back after more than 15 minutes is a reset', () => {
    expect(step(9_999_900, 300, { age: 900_001 })).toEqual({
      kind: 'reset',
      differenceGrams: -9_999_600,
    })
  })
  it('D02: a step back of unknown age is a reset', () => {
    expect(step(9_999_900, 300, { age: null }).kind).toBe('reset')
  })
  it('C01: a clock that went back between the readings proves no rollover', () => {
    expect(step(9_999_900, 300, { age: -1 }).kind).toBe('reset')
  })
  it('D02: a meter that lost a single gram is a reset, not noise', () => {
    expect(step(5_000_000, 4_999_999).kind).toBe('reset')
  })
  it('gas never comes out negative, and forward or around it always lands on the new reading', () => {
    const total = fc.integer({ min: 0, max: 9_999_999 })
    fc.assert(
      fc.property(total, total, fc.integer({ min: 0, max: 2_000_000 }), (from, to, age) => {
        const s = step(from, to, { age })
        if (s.kind === 'reset') return s.differenceGrams < 0
        return s.grams >= 0 && wound(grams(from), s.grams, meter) === to
      }),
    )
  })
})

describe('agreement of two totals', () => {
  it('holds within one count, over the rollover too', () => {
    expect(totalsAgree(grams(100), grams(110), meter)).toBe(true)
    expect(totalsAgree(grams(100), grams(111), meter)).toBe(false)
    expect(totalsAgree(grams(9_999_995), grams(4), meter)).toBe(true)
  })
})
