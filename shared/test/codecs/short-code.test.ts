import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dammDigit, dammHolds } from '../../src/codecs/damm.ts'
import {
  checkShortCode,
  codeDays,
  codesPerSlot,
  encodeShortCode,
  permuted,
  readShortCode,
  restored,
  shortCodeText,
  slotsPerDay,
} from '../../src/codecs/short-code.ts'
import { testCodeMac as mac, testSeed } from '../../src/testing/test-keys.ts'
import { dayOfIsoDate } from '../../src/units/ist-calendar.ts'
import { dayNumber, instant } from '../../src/units/time.ts'
import { shortCodeVectors, verdictOn } from './short-code-vectors.ts'

const vectorFile = new URL('../../vectors/short-code.json', import.meta.url)
const kStation = testSeed('station 57')
const day = dayOfIsoDate('2026-11-22')!
type Vectors = ReturnType<typeof shortCodeVectors>
const onDisk = (): Vectors => JSON.parse(readFileSync(vectorFile, 'utf8')) as Vectors

const anyPlace = fc.record({
  day: fc.integer({ min: 20_000, max: 30_000 }).map(dayNumber),
  slot: fc.nat(slotsPerDay - 1),
  n: fc.nat(codesPerSlot - 1),
})
const nineDigits = fc
  .nat(99_999_999)
  .map((n) => String(n).padStart(8, '0'))
  .map((first) => first + dammDigit(first))

describe('short code vectors', () => {
  it('the file holds exactly what the code makes (renew with vitest -u)', async () => {
    await expect(`${JSON.stringify(shortCodeVectors(), null, 2)}\n`).toMatchFileSnapshot(
      vectorFile.pathname,
    )
  })

  it('every valid code reads as its place, typed plainly, in groups or in Devanagari', () => {
    const { valid } = onDisk()
    expect(valid.length).toBeGreaterThanOrEqual(20)
    for (const { date, slot, n, digits, text, typed } of valid) {
      for (const spelling of [digits, text, typed]) {
        expect(verdictOn(spelling, date)).toBe(`slot ${slot} n ${n}`)
      }
      const place = { day: dayOfIsoDate(date)!, slot, n }
      expect(encodeShortCode(place, kStation, mac)).toBe(digits)
    }
  })

  it('every invalid code is refused for its reason', () => {
    const { invalid } = onDisk()
    expect(invalid.length).toBeGreaterThanOrEqual(20)
    for (const { name, text, date, expected } of invalid) {
      expect(['malformed', 'bad_checksum', 'wrong_tag'], name).toContain(expected)
      expect(verdictOn(text, date), name).toBe(expected)
    }
  })

  it('a guess with a right check digit is a wrong tag, not a typing error', () => {
    const named = (name: string): string | undefined =>
      onDisk().invalid.find((vector) => vector.name === name)?.expected
    expect(named('guess one above')).toBe('wrong_tag')
    expect(named('the code of another station')).toBe('wrong_tag')
    expect(named('bad Damm digit')).toBe('bad_checksum')
    expect(named('neighbours swapped')).toBe('bad_checksum')
    expect(named('a letter')).toBe('malformed')
  })
})

describe('short code', () => {
  it('a code follows the recipe of the spec page, as Python computed it', () => {
    const digits = encodeShortCode({ day, slot: 170, n: 5 }, kStation, mac)
    expect(digits.slice(0, 8)).toBe('50604655')
  })

  it('any place comes back from its code', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const digits = encodeShortCode(place, kStation, mac)
        expect(digits).toMatch(/^\d{9}$/)
        expect(readShortCode(digits, place.day, { kStation, mac })).toEqual(place)
      }),
    )
  })

  it('all codes of a day differ', () => {
    const codes = new Set<string>()
    for (let slot = 0; slot < slotsPerDay; slot += 1) {
      for (let n = 0; n < codesPerSlot; n += 7) {
        codes.add(encodeShortCode({ day, slot, n }, kStation, mac))
      }
    }
    expect(codes.size).toBe(slotsPerDay * 5)
  })

  it('the rounds are a permutation of the pairs of halves', () => {
    const half = fc.nat(9_999)
    fc.assert(
      fc.property(fc.tuple(half, half), fc.tuple(half, half), (a, b) => {
        const images = [permuted(a, kStation, mac), permuted(b, kStation, mac)] as const
        expect(restored(images[0], kStation, mac)).toEqual(a)
        expect(permuted(restored(a, kStation, mac), kStation, mac)).toEqual(a)
        expect(images[0].join() === images[1].join()).toBe(a.join() === b.join())
      }),
    )
  })

  it('one wrong digit is always caught', () => {
    fc.assert(
      fc.property(nineDigits, fc.nat(8), fc.integer({ min: 1, max: 9 }), (digits, at, by) => {
        const wrong = String((Number(digits[at]) + by) % 10)
        const typed = digits.slice(0, at) + wrong + digits.slice(at + 1)
        const checked = checkShortCode(typed)
        expect(!checked.ok && checked.error.code).toBe('bad_checksum')
      }),
    )
  })

  it('two swapped neighbours are always caught', () => {
    fc.assert(
      fc.property(nineDigits, fc.nat(7), (digits, at) => {
        fc.pre(digits[at] !== digits[at + 1])
        const swap = digits.slice(0, at) + digits[at + 1]! + digits[at]! + digits.slice(at + 2)
        expect(checkShortCode(swap).ok).toBe(false)
      }),
    )
  })

  it("Damm's own example has the check digit 4", () => {
    expect(dammDigit('572')).toBe('4')
    expect(dammHolds('5724')).toBe(true)
    expect(dammHolds('5727')).toBe(false)
  })

  it('spaces, dashes and the digits of five languages are one code', () => {
    const digits = encodeShortCode({ day, slot: 1, n: 1 }, kStation, mac)
    expect(shortCodeText('482109379')).toBe('4821-0937-9')
    const inScript = (zero: number): string =>
      Array.from(digits, (digit) => String.fromCodePoint(zero + Number(digit))).join('')
    const spellings = [
      shortCodeText(digits),
      ` ${digits} `,
      Array.from(digits).join(' '),
      shortCodeText(digits).replaceAll('-', '\u2013'),
      inScript(0x0966),
      inScript(0x0ae6),
      inScript(0x0be6),
    ]
    for (const spelling of spellings) {
      expect(checkShortCode(spelling), spelling).toEqual({ ok: true, value: digits })
    }
  })

  it('codes of two days for the same places share nothing a driver could use', () => {
    const tomorrow = dayNumber(day + 1)
    const places = Array.from({ length: 1_000 }, (_, i) => ({
      slot: i % slotsPerDay,
      n: i % codesPerSlot,
    }))
    const differences = places.map((place) => {
      const a = encodeShortCode({ ...place, day }, kStation, mac)
      const b = encodeShortCode({ ...place, day: tomorrow }, kStation, mac)
      return [a, b] as const
    })
    expect(differences.filter(([a, b]) => a === b)).toEqual([])
    // Digit by digit, two unrelated codes agree one time in ten; 1,000 draws have deviation 9.5.
    for (let at = 0; at < 8; at += 1) {
      const equal = differences.filter(([a, b]) => a[at] === b[at]).length
      expect(equal).toBeGreaterThan(50)
      expect(equal).toBeLessThan(150)
    }
    // A fixed step between the days would let yesterday's code foretell today's.
    const steps = differences.map(([a, b]) => (Number(b) - Number(a) + 1e9) % 1e9)
    expect(new Set(steps).size).toBeGreaterThan(990)
  })

  it('a code of one day is a wrong tag on every near day', () => {
    const digits = encodeShortCode({ day, slot: 100, n: 3 }, kStation, mac)
    for (const by of [-2, -1, 1, 2]) {
      expect(readShortCode(digits, dayNumber(day + by), { kStation, mac })).toBeUndefined()
    }
  })

  it("until 02:00 IST yesterday's codes are read too, from 02:00 on only today's", () => {
    const at = (clock: string) => instant(Date.parse(`2026-11-22T${clock}+05:30`))
    expect(codeDays(at('00:00:00.000'))).toEqual([day, day - 1])
    expect(codeDays(at('01:59:59.999'))).toEqual([day, day - 1])
    expect(codeDays(at('02:00:00.000'))).toEqual([day])
    expect(codeDays(at('23:59:59.999'))).toEqual([day])
  })

  it('a random guess with a right check digit opens fewer than one code in a thousand', () => {
    let opened = 0
    for (let i = 0; i < 5_000; i += 1) {
      const first = String((i * 19_937) % 100_000_000).padStart(8, '0')
      if (readShortCode(first + dammDigit(first), day, { kStation, mac })) opened += 1
    }
    expect(opened).toBeLessThanOrEqual(5)
  })

  it('places outside the day and unchecked texts are bugs of the caller', () => {
    expect(() => encodeShortCode({ day, slot: 288, n: 0 }, kStation, mac)).toThrow('0-287')
    expect(() => encodeShortCode({ day, slot: 0, n: 34 }, kStation, mac)).toThrow('0-33')
    expect(() => readShortCode('4821-0937-9', day, { kStation, mac })).toThrow('checked')
  })
})
