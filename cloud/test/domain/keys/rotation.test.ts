import { after, hours, instant, type Instant } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import {
  announcedBefore,
  dueKey,
  keyInForce,
  lastTokenLife,
  type CloudKey,
} from '../../../src/domain/keys/rotation.ts'

const start = instant(1_760_000_000_000)
const day = hours(24)

/** Keeps keys as the app does, looking every `step` for `days` days. */
function lived(days: number, step = day) {
  let keys: readonly CloudKey[] = []
  const moments: { readonly now: Instant; readonly keys: readonly CloudKey[] }[] = []
  for (let now = start; now < start + days * day; now = after(now, step)) {
    const due = dueKey(
      keys,
      keys.map(({ kid }) => kid),
      now,
    )
    if (due !== undefined) keys = [...keys, { ...due, publicKey: `key-${due.kid}` }]
    moments.push({ now, keys })
  }
  return moments
}

describe('rotation of signing keys', () => {
  it('at every moment one key signs, and it was announced a week before', () => {
    for (const { now, keys } of lived(800)) {
      const key = keyInForce(keys, now)
      expect(key).toBeDefined()
      if (key === undefined || key.kid === 0) continue
      expect(key.signsFrom - key.notBefore).toBeGreaterThanOrEqual(announcedBefore)
    }
  })

  it('a key is good until the last token it signed is over', () => {
    const { keys } = lived(400).at(-1) ?? { keys: [] }
    const inOrder = keys.toSorted((a, b) => a.signsFrom - b.signsFrom)
    expect(inOrder.length).toBeGreaterThan(3)
    inOrder.slice(1).forEach((next, i) => {
      expect(inOrder[i]?.notAfter).toBeGreaterThanOrEqual(next.signsFrom + lastTokenLife)
    })
  })

  it('a cloud that was off past every key’s end signs at once with a new one', () => {
    const keys = lived(1).at(-1)?.keys ?? []
    const late = after(start, hours(24 * 400))
    expect(dueKey(keys, [0], late)).toMatchObject({ kid: 1, signsFrom: late })
  })

  it('a cloud that lost its key file signs at once under a kid nobody has seen', () => {
    expect(dueKey([], [4, 7], start)).toMatchObject({ kid: 8, signsFrom: start })
    expect(dueKey([], [127], start)).toMatchObject({ kid: 0 })
  })
})
