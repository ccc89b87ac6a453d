import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Decimal } from '../../src/protocols/decimal.ts'

it.each([
  ['4142.02', 3, 4_142_020],
  ['0000004142.02', 2, 414_202],
  ['123456.789', 3, 123_456_789],
  ['25.0', 0, 25],
  ['27', 2, 2_700],
  ['-0.5', 1, -5],
  ['-0.0', 2, 0],
  ['1.5e3', 0, 1_500],
  ['12E-2', 2, 12],
])('%s in steps of 10^-%i is %i', (text, decimals, count) => {
  expect(Decimal.of(text)?.countAt(decimals)).toBe(count)
})

it('a digit that would be lost makes no count, and nothing is rounded', () => {
  expect(Decimal.of('2.675')?.countAt(2)).toBeNull()
  expect(Decimal.of('0.001')?.countAt(2)).toBeNull()
  expect(Decimal.of('9007199254740991')?.countAt(1)).toBeNull()
})

it.each(['', '.', '1.', '.5', '1,5', '0x10', 'NaN', 'Infinity', '1e', '--1', ' 1', '1e99'])(
  'the text "%s" is no decimal',
  (text) => {
    expect(Decimal.of(text)).toBeNull()
  },
)

it('digits beyond 2^53 - 1 are refused rather than rounded', () => {
  expect(Decimal.of('9007199254740991')?.count).toBe(Number.MAX_SAFE_INTEGER)
  expect(Decimal.of('9007199254740993')).toBeNull()
  expect(Decimal.of('90071992547409.93')).toBeNull()
})

it('every count comes back from its own text', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 9 }), (count, decimals) => {
      const digits = String(count).padStart(decimals + 1, '0')
      const whole = digits.slice(0, digits.length - decimals)
      const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`
      expect(Decimal.of(text)).toMatchObject({ text, count, decimals })
      expect(Decimal.of(text)?.countAt(decimals)).toBe(count)
    }),
  )
})
