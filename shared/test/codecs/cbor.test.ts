import { Decoder } from 'cbor-x'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cborMap, cborOf, readCbor, type CborValue } from '../../src/codecs/cbor.ts'
import { bytesOfHex, hexOf } from '../../src/codecs/hex.ts'

const bytes = (hex: string): Uint8Array => bytesOfHex(hex.replaceAll(' ', ''))!

/** RFC 8949 appendix A, the rows our subset has. */
const examples: readonly (readonly [CborValue, string])[] = [
  [0, '00'],
  [1, '01'],
  [10, '0a'],
  [23, '17'],
  [24, '1818'],
  [25, '1819'],
  [100, '1864'],
  [1000, '1903e8'],
  [1_000_000, '1a000f4240'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1000, '3903e7'],
  [new Uint8Array(), '40'],
  [Uint8Array.of(1, 2, 3, 4), '4401020304'],
  ['', '60'],
  ['IETF', '6449455446'],
  ['"\\', '62225c'],
  [[], '80'],
  [[1, 2, 3], '83010203'],
  [[1, [2, 3], [4, 5]], '8301820203820405'],
  [cborMap([]), 'a0'],
  [
    cborMap([
      [1, 2],
      [3, 4],
    ]),
    'a201020304',
  ],
]

const refused: readonly (readonly [string, string])[] = [
  ['no bytes', ''],
  ['23 in two bytes', '1817'],
  ['255 in three bytes', '1900ff'],
  ['65,535 in five bytes', '1a0000ffff'],
  ['a 64-bit argument', '1b000000010000 0000'],
  ['reserved argument 28', '1c'],
  ['indefinite-length byte string', '5f4101ff'],
  ['indefinite-length text', '7f6161ff'],
  ['indefinite-length array', '9f01ff'],
  ['indefinite-length map', 'bf0102ff'],
  ['a lone break', 'ff'],
  ['a tag', 'c001'],
  ['false', 'f4'],
  ['null', 'f6'],
  ['a half float', 'f93c00'],
  ['a double', 'fb3ff199999999999a'],
  ['length of text longer than needed', '780161'],
  ['text outside printable ASCII', '62c3bc'],
  ['a control character', '610a'],
  ['array shorter than its count', '8301 02'],
  ['byte string shorter than its count', '4401 02'],
  ['argument cut', '1903'],
  ['trailing byte', '0000'],
  ['equal keys', 'a201020103'],
  ['keys descending', 'a203040102'],
  ['negative key before a positive one', 'a220010101'],
  ['text key', 'a1616101'],
  ['byte string key', 'a1410101'],
  ['key in a longer form', 'a1180101'],
  ['map without its last value', 'a10a'],
  ['seventeen items', `91${'00'.repeat(17)}`],
  ['four thousand million items', '9affffffff'],
  ['nesting past four', '818181818180'],
]

const anyValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.integer({ min: -0xffff_ffff, max: 0xffff_ffff }),
    fc.uint8Array({ maxLength: 300 }),
    fc.stringMatching(/^[ -~]{0,30}$/),
    fc.array(tie('value'), { maxLength: 6 }),
    fc
      .uniqueArray(fc.tuple(fc.nat(1_000), tie('value')), {
        maxLength: 6,
        selector: ([key]) => key,
      })
      .map((entries) => cborMap(entries.sort(([a], [b]) => a - b))),
  ),
})).value

describe('CBOR', () => {
  it('the examples of RFC 8949 appendix A are written and read', () => {
    for (const [value, hex] of examples) {
      expect(hexOf(cborOf(value))).toBe(hex)
      expect(readCbor(bytes(hex)), hex).toEqual(value)
    }
  })

  it.each(refused)('%s is refused', (_, hex) => {
    expect(readCbor(bytes(hex))).toBeUndefined()
  })

  it('any value comes back, and cbor-x can read what was written', () => {
    const decoder = new Decoder({ mapsAsObjects: false, useRecords: false })
    fc.assert(
      fc.property(anyValue, (value) => {
        const written = cborOf(value)
        expect(readCbor(written)).toEqual(value)
        expect(() => decoder.decode(written) as unknown).not.toThrow()
      }),
    )
  })

  it('bytes are either the deterministic spelling of a value or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
        const value = readCbor(raw)
        if (value !== undefined) expect(cborOf(value)).toEqual(raw)
      }),
      { numRuns: 20_000 },
    )
  })

  it('keys out of order, fractions and foreign text are bugs of the writer', () => {
    expect(() =>
      cborOf(
        cborMap([
          [2, 0],
          [1, 0],
        ]),
      ),
    ).toThrow('ascend')
    expect(() => cborOf(0.5)).toThrow('whole')
    expect(() => cborOf('ü')).toThrow('ASCII')
    expect(() => cborOf(2 ** 32)).toThrow('32 bits')
  })
})
