import { encodeShortCode, shortCodeText } from '@baari/shared/codecs/short-code'
import { encodeToken, type TokenClaims } from '@baari/shared/codecs/token'
import { keySetAge, type KeySet } from '@baari/shared/domain/keys/key-set'
import { present } from '@baari/shared/faults/assert'
import { istDay } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import { after, before, dayNumber, hours, instant } from '@baari/shared/units/time'
import {
  testCodeMac,
  testPublicKey,
  testSeed,
  testSigner,
  testVerify,
} from '@baari/shared/testing/test-keys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readScan, type ReadScanDeps } from '../../../src/app/scan/read-scan.ts'
import { at } from '../../support/scan-builders.ts'
import { someBooking, tokenReading } from '../../support/station-world.ts'

const now = at('09:05')
const kStation = testSeed('k station 42')

const keySet: KeySet = {
  version: 3,
  issuedAtMs: before(now, hours(1)),
  validUntilMs: after(now, hours(24)),
  keys: [
    {
      kid: 1,
      publicKey: testPublicKey('kid 1'),
      notBefore: before(now, hours(24)),
      notAfter: after(now, hours(24)),
    },
    {
      kid: 130,
      station: stationNo(42),
      publicKey: testPublicKey('kid 130'),
      notBefore: before(now, hours(24)),
      notAfter: after(now, hours(24)),
    },
  ],
  denied: [],
}

const deps: ReadScanDeps = {
  station: stationNo(42),
  now,
  keySet,
  verify: ({ publicKey, message, signature }) =>
    testVerify(publicKey, { signed: message, signature }),
  kStation,
  mac: testCodeMac,
}

const reading = tokenReading()
const claims: TokenClaims = present(reading.kind === 'token' ? reading.claims : null, 'claims')
const text = encodeToken(claims, testSigner(1))

describe('§9 case 30: a rotation that was missed', () => {
  const overdue = after(keySet.validUntilMs, hours(72))
  const missed = { ...deps, now: overdue }

  it('a token of the previous kid is good in a set that is overdue, and the set says how long', () => {
    expect(readScan(text, missed)).toMatchObject({ kind: 'token', verified: true })
    expect(keySetAge(keySet, overdue)).toEqual({ ageMs: hours(97), overdueMs: hours(72) })
  })

  it('a token of the key that was missed is not good until its set has come', () => {
    const newer = encodeToken(claims, testSigner(2))
    expect(readScan(newer, missed)).toEqual({ kind: 'forged' })
    const rotated: KeySet = {
      ...keySet,
      version: 4,
      issuedAtMs: overdue,
      validUntilMs: after(overdue, hours(24)),
      keys: [
        {
          kid: 2,
          publicKey: testPublicKey('kid 2'),
          notBefore: before(now, hours(24)),
          notAfter: after(overdue, hours(24)),
        },
      ],
    }
    expect(readScan(newer, { ...missed, keySet: rotated })).toMatchObject({ verified: true })
    // The set that came no longer names the previous key: its time was over long ago.
    expect(readScan(text, { ...missed, keySet: rotated })).toEqual({ kind: 'forged' })
  })

  it('a deny update that was missed counts from the moment it comes', () => {
    const denied = { ...keySet, denied: [{ booking: someBooking, minRev: 2 }] }
    expect(readScan(text, deps)).toMatchObject({ minRev: 0 })
    expect(readScan(text, { ...deps, keySet: denied })).toMatchObject({ minRev: 2 })
  })
})

describe('reading a scan', () => {
  it('a token signed by a cloud key or this station’s own key is verified', () => {
    expect(readScan(text, deps)).toEqual({ kind: 'token', claims, verified: true, minRev: 0 })
    expect(readScan(encodeToken(claims, testSigner(130)), deps).kind).toBe('token')
  })

  it('the key set’s minimum revision travels with the reading', () => {
    const denied = [{ booking: someBooking, minRev: 4 }]
    expect(readScan(text, { ...deps, keySet: { ...keySet, denied } })).toMatchObject({ minRev: 4 })
  })

  it('P44 whatever character is changed, the token is forged or unreadable', () => {
    const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
    fc.assert(
      fc.property(
        fc.integer({ min: 7, max: text.length - 1 }),
        fc.constantFrom(...characters),
        (i, c) => {
          fc.pre(text[i] !== c)
          const changed = text.slice(0, i) + c + text.slice(i + 1)
          expect(['forged', 'unreadable']).toContain(readScan(changed, deps).kind)
        },
      ),
    )
  })

  it('P44 a signature by another key, an unknown key or without any key set is forged', () => {
    const other = encodeToken(claims, testSigner(1, 'somebody'))
    expect(readScan(other, deps).kind).toBe('forged')
    expect(readScan(encodeToken(claims, testSigner(5)), deps).kind).toBe('forged')
    expect(readScan(text, { ...deps, keySet: undefined }).kind).toBe('forged')
  })

  it('P51 a token cut at any length is unreadable', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(readScan(text.slice(0, length), deps).kind).toBe('unreadable')
    }
  })

  it('P53 a token under another station’s own key is foreign, and names that station', () => {
    const elsewhere = encodeToken({ ...claims, station: stationNo(7) }, testSigner(130))
    expect(readScan(elsewhere, deps)).toEqual({ kind: 'foreign', station: 7 })
  })

  const code = (day: ReturnType<typeof istDay>) =>
    encodeShortCode({ day, slot: 108, n: 3 }, kStation, testCodeMac)

  it('P55 nine digits are a code whose tag proves its place, however they are typed', () => {
    const digits = code(istDay(now))
    const place = { day: istDay(now), slot: 108, n: 3 }
    expect(readScan(digits, deps)).toEqual({ kind: 'code', digits, place })
    expect(readScan(` ${shortCodeText(digits)} `, deps)).toMatchObject({ digits, place })
  })

  it('a code of yesterday is good until 02:00', () => {
    const digits = code(dayNumber(istDay(now) - 1))
    const placeAt = (clock: string) => {
      const read = readScan(digits, { ...deps, now: at(clock) })
      return read.kind === 'code' ? read.place : undefined
    }
    expect(placeAt('01:59')).not.toBeNull()
    expect(placeAt('02:00')).toBeNull()
  })

  it('P52 a typing error is unreadable, a wrong tag is a code without a place', () => {
    const digits = code(istDay(now))
    const mistyped = digits.slice(0, 8) + String((Number(digits[8]) + 1) % 10)
    expect(readScan(mistyped, deps)).toEqual({ kind: 'unreadable' })
    const strange = { ...deps, kStation: testSeed('another station') }
    expect(readScan(digits, strange)).toEqual({ kind: 'code', digits, place: null })
    expect(readScan(digits, { ...deps, kStation: undefined })).toMatchObject({ place: null })
  })

  it('P4 anything else is text', () => {
    expect(readScan('GJ 01 AB 1234', deps)).toEqual({ kind: 'text', text: 'GJ 01 AB 1234' })
    expect(readScan('hello', deps)).toEqual({ kind: 'text', text: 'hello' })
  })

  it('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.boolean(), (rest, prefixed) => {
        const read = readScan(prefixed ? `BAARI1:${rest}` : rest, { ...deps, now: instant(0) })
        expect(read.kind).not.toBe('token')
      }),
    )
  })
})
