import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceptKeySet,
  denyAllRevisions,
  keyFor,
  keySetAge,
  keySetLimits,
  minimumRev,
  type KeySet,
  type TokenKey,
} from '../../../src/domain/keys/key-set.ts'
import { testPublicKey } from '../../../src/testing/test-keys.ts'
import { bookingId, stationNo } from '../../../src/units/names.ts'
import { instant, type Instant } from '../../../src/units/time.ts'

const here = stationNo(57)
const there = stationNo(58)
const hour = 3_600_000
const start = Date.parse('2026-11-22T00:00:00Z')
const at = (hours: number): Instant => instant(start + hours * hour)
const booking = bookingId('0192f3a4-5b6c-7d8e-9f01-23456789abcd')
const other = bookingId('0192f3a4-5b6c-7d8e-9f01-23456789abce')

function key(kid: number, from: number, to: number): TokenKey {
  return { kid, publicKey: testPublicKey(`kid ${kid}`), notBefore: at(from), notAfter: at(to) }
}

/** Key 1 until hour 30, key 2 from hour 24: six hours of overlap. Valid until hour 26. */
const set: KeySet = {
  version: 5,
  issuedAtMs: at(0),
  validUntilMs: at(26),
  keys: [key(1, -100, 30), key(2, 24, 300), { ...key(130, -100, 300), station: here }],
  denied: [
    { booking, minRev: 2 },
    { booking: other, minRev: denyAllRevisions },
  ],
}

const codeOf = (kid: number, now: Instant, station = here): string => {
  const found = keyFor(set, kid, { station, now })
  return found.ok ? `key ${found.value.kid}` : found.error.code
}

describe('key set', () => {
  it('a kid in the set and in its time gives its key', () => {
    expect(codeOf(1, at(1))).toBe('key 1')
  })

  it('while keys rotate both old and new tokens verify', () => {
    const valid: KeySet = { ...set, validUntilMs: at(400) }
    const kids = (now: Instant) =>
      [1, 2].filter((kid) => keyFor(valid, kid, { station: here, now }).ok)
    expect(kids(at(23))).toEqual([1])
    expect(kids(at(24))).toEqual([1, 2])
    expect(kids(at(30))).toEqual([1, 2])
    expect(kids(at(31))).toEqual([2])
  })

  it("a station's own key is accepted at that station and nowhere else", () => {
    expect(codeOf(130, at(1))).toBe('key 130')
    expect(codeOf(130, at(1), there)).toBe('unknown_key')
  })

  it('two stations may count the same kid for their own keys', () => {
    const both: KeySet = { ...set, keys: [...set.keys, { ...key(130, -1, 300), station: there }] }
    const owner = (station: typeof here) => {
      const found = keyFor(both, 130, { station, now: at(1) })
      return found.ok && found.value.station
    }
    expect(acceptKeySet(undefined, both).ok).toBe(true)
    expect([owner(here), owner(there)]).toEqual([here, there])
  })

  it('a kid nobody published is an unknown key', () => {
    expect(codeOf(99, at(1))).toBe('unknown_key')
    expect(codeOf(2, at(1))).toBe('unknown_key')
  })

  it('a node cut off past the end of the set goes on with the keys that were good then', () => {
    expect(codeOf(1, at(100))).toBe('key 1')
    expect(codeOf(2, at(100))).toBe('key 2')
    expect(keySetAge(set, at(100))).toEqual({ ageMs: 100 * hour, overdueMs: 74 * hour })
    expect(keySetAge(set, at(1))).toEqual({ ageMs: hour, overdueMs: 0 })
  })

  it('a key that had ended before the set was overdue stays ended', () => {
    const ended: KeySet = { ...set, keys: [key(1, -100, 20)] }
    expect(keyFor(ended, 1, { station: here, now: at(100) }).ok).toBe(false)
  })

  it('a token below the minimum revision is superseded, others are not named', () => {
    expect(minimumRev(set, booking)).toBe(2)
    expect(minimumRev(set, other)).toBeGreaterThan(255)
    expect(minimumRev(set, bookingId('0192f3a4-5b6c-7d8e-9f01-000000000000'))).toBe(0)
  })

  it('the higher of two minimum revisions stands', () => {
    const twice: KeySet = { ...set, denied: [...set.denied, { booking, minRev: 1 }] }
    expect(minimumRev(twice, booking)).toBe(2)
  })
})

describe('accepting a key set', () => {
  it('a newer version replaces the set, an older one does not', () => {
    const next = { ...set, version: 6 }
    expect(acceptKeySet(set, next)).toEqual({ ok: true, value: next })
    const back = acceptKeySet(next, set)
    expect(!back.ok && back.error.detail).toBe('version 5 after 6')
  })

  it('the same version is harmless in any order and refused with other content', () => {
    const turned = { ...set, keys: set.keys.toReversed(), denied: set.denied.toReversed() }
    expect(acceptKeySet(set, turned)).toEqual({ ok: true, value: set })
    const forged = acceptKeySet(set, { ...set, denied: [] })
    expect(!forged.ok && forged.error.detail).toBe('version 5 with other content')
  })

  it('a set that breaks its own rules is refused even when it is the first', () => {
    const broken: readonly Partial<KeySet>[] = [
      { version: 0 },
      { version: 1.5 },
      { validUntilMs: set.issuedAtMs },
      { keys: [{ ...key(1, 0, 10), station: here }] },
      { keys: [key(128, 0, 10)] },
      { keys: [key(1, 10, 10)] },
      { keys: [key(1, 0, 10), key(1, 20, 30)] },
      { keys: [{ ...key(1, 0, 10), publicKey: 'short' }] },
      { keys: [key(65_536, 0, 10)] },
      { keys: Array.from({ length: keySetLimits.keys + 1 }, () => key(1, 0, 10)) },
    ]
    for (const change of broken) {
      const result = acceptKeySet(undefined, { ...set, version: 6, ...change })
      expect(!result.ok && result.error.code, JSON.stringify(change).slice(0, 80)).toBe('malformed')
    }
  })

  it('whatever order versions arrive in, the held version never goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }), (versions) => {
        let held: KeySet | undefined
        let highest = 0
        for (const version of versions) {
          const result = acceptKeySet(held, { ...set, version })
          if (result.ok) held = result.value
          highest = Math.max(highest, version)
          expect(held?.version).toBe(highest)
        }
      }),
    )
  })
})
