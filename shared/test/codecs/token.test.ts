import { Decoder } from 'cbor-x'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { base45Of, bytesOfBase45 } from '../../src/codecs/base45.ts'
import { claimLimits } from '../../src/codecs/token-claims.ts'
import {
  decodeToken,
  encodeToken,
  maxCoseBytes,
  tokenBytes,
  tokenFits,
  tokenPrefix,
  type TokenClaims,
} from '../../src/codecs/token.ts'
import { testPublicKey, testSigner, testVerify } from '../../src/testing/test-keys.ts'
import { grams } from '../../src/units/mass.ts'
import { paise } from '../../src/units/money.ts'
import { bookingId, nozzleTypes, stationNo, vehicleClasses } from '../../src/units/names.ts'
import { dayNumber, instant } from '../../src/units/time.ts'
import {
  largestPrepaid,
  largestUnpaid,
  plainClaims,
  tokenVectors,
  verdictOn,
} from './token-vectors.ts'

/** The npm package has no types; it is our second opinion only. */
const base45 = createRequire(import.meta.url)('base45') as { decode(text: string): Buffer }

const vectorFile = new URL('../../vectors/token.json', import.meta.url)
type Vectors = ReturnType<typeof tokenVectors>
const onDisk = (): Vectors => JSON.parse(readFileSync(vectorFile, 'utf8')) as Vectors

const anyClaims: fc.Arbitrary<TokenClaims> = fc
  .record({
    station: fc.integer({ min: 1, max: claimLimits.station }).map(stationNo),
    booking: fc.uuid().map(bookingId),
    startS: fc.integer({ min: 0, max: claimLimits.seconds - 3600 }),
    lengthS: fc.integer({ min: 1, max: 3600 }),
    rev: fc.integer({ min: 0, max: 23 }),
    vehicleClass: fc.constantFrom(...vehicleClasses),
    nozzle: fc.constantFrom(...nozzleTypes),
    grams: fc.integer({ min: 1, max: 65_535 }).map(grams),
    prepaid: fc.integer({ min: 0, max: claimLimits.prepaidPaise }).map(paise),
    maxUses: fc.integer({ min: 1, max: 23 }),
    plateTag: fc
      .integer({ min: 0, max: 0xffff_ffff })
      .map((tag) => tag.toString(16).padStart(8, '0')),
    retestDay: fc.integer({ min: 0, max: claimLimits.retestDay }).map(dayNumber),
  })
  .map(({ startS, lengthS, ...rest }) => ({
    ...rest,
    notBefore: instant(startS * 1000),
    expires: instant((startS + lengthS) * 1000),
  }))

describe('token vectors', () => {
  it('the file holds exactly what the code makes (renew with vitest -u)', async () => {
    await expect(`${JSON.stringify(tokenVectors(), null, 2)}\n`).toMatchFileSnapshot(
      vectorFile.pathname,
    )
  })

  it('every valid text decodes to its claims and key, and verifies', () => {
    const { valid } = onDisk()
    expect(valid.length).toBeGreaterThanOrEqual(20)
    for (const { name, text, claims, kid } of valid) {
      const decoded = decodeToken(text)
      expect(decoded.ok && decoded.value.claims, name).toEqual(claims)
      expect(decoded.ok && decoded.value.kid, name).toBe(kid)
      expect(verdictOn(text), name).toBe('verified')
    }
  })

  it('every claim set encodes to its text', () => {
    for (const { text, claims, kid } of onDisk().valid) {
      expect(encodeToken(claims, testSigner(kid))).toBe(text)
    }
  })

  it('every invalid text is refused with its code', () => {
    const { invalid } = onDisk()
    expect(invalid.length).toBeGreaterThanOrEqual(20)
    for (const { name, text, expected } of invalid) {
      expect(expected, name).not.toBe('verified')
      expect(verdictOn(text), name).toBe(expected)
    }
  })

  it('only an intact form with a wrong signature or key passes the structure', () => {
    const passed = onDisk().invalid.filter(({ text }) => decodeToken(text).ok)
    expect(passed.map(({ name }) => name)).toEqual([
      'one bit of the signature flipped',
      'one bit of the booking id flipped',
      'signed by another key',
      'a key nobody published',
    ])
  })
})

describe('token', () => {
  it('any claims come back as they went in', () => {
    const signer = testSigner(7)
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const decoded = decodeToken(encodeToken(claims, signer))
        expect(decoded.ok && decoded.value.claims).toEqual(claims)
      }),
    )
  })

  it('a text cut at any length is malformed', () => {
    const text = encodeToken(largestPrepaid, testSigner(7))
    for (let length = 0; length < text.length; length += 1) {
      const cut = decodeToken(text.slice(0, length))
      expect(!cut.ok && cut.error.code, `cut to ${length}`).toBe('malformed')
    }
  })

  it('one flipped bit, wherever it is, never verifies', () => {
    const signer = testSigner(7)
    const bytes = bytesOfBase45(encodeToken(plainClaims, signer).slice(tokenPrefix.length))!
    const key = testPublicKey('kid 7')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const decoded = decodeToken(tokenPrefix + base45Of(flipped))
      expect(decoded.ok && testVerify(key, decoded.value), `bit ${bit}`).toBe(false)
    }
  })

  it('rubbish of any length is refused without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (bytes) => {
        expect(decodeToken(tokenPrefix + base45Of(bytes)).ok).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(decodeToken(text).ok).toBe(false)
        expect(decodeToken(tokenPrefix + text).ok).toBe(false)
      }),
    )
  })

  it('bytes changed at random positions either decode to one spelling or are refused', () => {
    const bytes = bytesOfBase45(encodeToken(plainClaims, testSigner(7)).slice(tokenPrefix.length))!
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const altered = bytes.slice()
        for (const [at, value] of changes) altered[at] = value
        const text = tokenPrefix + base45Of(altered)
        const decoded = decodeToken(text)
        if (!decoded.ok) return
        const { claims, kid, signature } = decoded.value
        expect(encodeToken(claims, { kid, sign: () => signature })).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })

  it('the largest claims make 140 bytes and fit QR version 8, level M', () => {
    // ISO/IEC 18004:2015 table 7: version 8, level M, 221 alphanumeric characters.
    const capacity8M = 221
    for (const claims of [largestPrepaid, largestUnpaid]) {
      const text = encodeToken(claims, testSigner(127))
      expect(tokenBytes(claims, 127)).toBe(maxCoseBytes)
      expect(text.length).toBeLessThanOrEqual(capacity8M)
      expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/)
    }
  })

  it('a heavy bus prepaid above 655.35 rupees does not fit and the seller is told', () => {
    const bus: TokenClaims = {
      ...plainClaims,
      station: stationNo(8_150),
      vehicleClass: 'bus',
      grams: grams(80_000),
      prepaid: paise(720_000),
    }
    expect(tokenFits(bus, 7)).toBe(false)
    expect(tokenFits({ ...bus, prepaid: paise(0) }, 7)).toBe(true)
    expect(() => encodeToken(bus, testSigner(7))).toThrow('140 COSE bytes')
  })

  it('claims out of range are a bug of the seller, not a token', () => {
    const bad: readonly Partial<TokenClaims>[] = [
      { rev: 256 },
      { rev: -1 },
      { grams: grams(0) },
      { prepaid: paise(-1) },
      { maxUses: 0 },
      { plateTag: 'C0FFEE42' },
      { notBefore: instant(1) },
      { expires: plainClaims.notBefore },
      { station: stationNo(10_000) },
    ]
    for (const change of bad) {
      expect(() => tokenBytes({ ...plainClaims, ...change }, 7)).toThrow('ranges')
    }
  })

  it('other readers of base45 and CBOR see the same bytes and claims', () => {
    const decoder = new Decoder({ mapsAsObjects: false, useRecords: false })
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const text = encodeToken(claims, testSigner(7)).slice(tokenPrefix.length)
        const bytes = base45.decode(text)
        expect(bytesOfBase45(text)).toEqual(Uint8Array.from(bytes))
        const [header, unprotected, payload] = decoder.decode(bytes) as Uint8Array[]
        expect(decoder.decode(header!)).toEqual(
          new Map<number, unknown>([
            [1, -8],
            [4, Buffer.of(7)],
          ]),
        )
        expect(unprotected).toEqual(new Map())
        const cwt = decoder.decode(payload!) as Map<number, unknown>
        expect(cwt.get(3)).toBe(String(claims.station))
        expect(cwt.get(4)).toBe(claims.expires / 1000)
        expect(cwt.get(5)).toBe(claims.notBefore / 1000)
        expect(Buffer.from(cwt.get(7) as Uint8Array).toString('hex')).toBe(
          claims.booking.replaceAll('-', ''),
        )
        expect((cwt.get(-65_537) as unknown[])[3]).toBe(claims.grams)
      }),
      { numRuns: 30 },
    )
  })
})
