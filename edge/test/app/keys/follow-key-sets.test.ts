import type { KeySet } from '@baari/shared/domain/keys/key-set'
import { testPublicKey, testSigner } from '@baari/shared/testing/test-keys'
import { instant } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { ed25519Verifier } from '../../../src/adapters/system/ed25519.ts'
import { followKeySets } from '../../../src/app/keys/follow-key-sets.ts'
import type { KeySetRow } from '../../../src/ports/key-sets.ts'

const week = 7 * 86_400_000
const start = 1_760_000_000_000

function setOf(version: number, kids: readonly number[]): KeySet {
  return {
    version,
    issuedAtMs: instant(start + version),
    validUntilMs: instant(start + version + week),
    keys: kids.map((kid) => ({
      kid,
      publicKey: testPublicKey(`kid ${kid}`),
      notBefore: instant(start),
      notAfter: instant(start + 10 * week),
    })),
    denied: [],
  }
}

function rowOf(set: KeySet, kid: number, label = `kid ${kid}`): KeySetRow {
  const body = JSON.stringify(set)
  const signature = testSigner(kid, label).sign(Buffer.from(body))
  return {
    version: set.version,
    body,
    kid,
    signature: Buffer.from(signature).toString('base64url'),
  }
}

const anchors = [{ kid: 0, publicKey: testPublicKey('kid 0') }]
const check = { anchors, verify: ed25519Verifier() }

describe('the chain of key sets', () => {
  it('goes from the enrolment`s key over an announced one to a new one', () => {
    const rows = [rowOf(setOf(1, [0]), 0), rowOf(setOf(2, [0, 1]), 0), rowOf(setOf(3, [1]), 1)]
    const { held, refused } = followKeySets(undefined, rows, check)
    expect(held?.version).toBe(3)
    expect(held?.keys.map(({ kid }) => kid)).toEqual([1])
    expect(refused).toEqual([])
  })

  it('a set signed by a key that was never announced is refused, the held one stays', () => {
    const rows = [rowOf(setOf(1, [0]), 0), rowOf(setOf(2, [0, 9]), 9)]
    const { held, refused } = followKeySets(undefined, rows, check)
    expect(held?.version).toBe(1)
    expect(refused).toEqual([{ version: 2, reason: 'kid 9 is not known from before' }])
  })

  it('a set changed by one character after signing is refused', () => {
    const row = rowOf(setOf(1, [0]), 0)
    const bent = { ...row, body: row.body.replace('"version":1', '"version":7') }
    expect(followKeySets(undefined, [bent], check).refused[0]?.reason).toBe(
      'the signature is wrong',
    )
  })

  it('a stranger`s key under a known kid is refused', () => {
    const row = rowOf(setOf(1, [0]), 0, 'somebody else')
    expect(followKeySets(undefined, [row], check).held).toBeUndefined()
  })

  it('an older set, rightly signed, does not bring old keys back', () => {
    const now = followKeySets(undefined, [rowOf(setOf(5, [0, 1]), 0)], check).held
    const { held, refused } = followKeySets(now, [rowOf(setOf(4, [0]), 0)], check)
    expect(held?.version).toBe(5)
    expect(refused).toHaveLength(1)
  })

  it.each(['', 'null', '{}', '{"version":1}', '['])('a body of %s is no key set', (body) => {
    const row = { version: 1, body, kid: 0, signature: '' }
    expect(followKeySets(undefined, [row], check).refused[0]?.reason).toBe('the body is no key set')
  })

  it('before enrolment nobody vouches, so nothing is held', () => {
    const { held } = followKeySets(undefined, [rowOf(setOf(1, [0]), 0)], { ...check, anchors: [] })
    expect(held).toBeUndefined()
  })
})
