import type { Clock } from '@baari/shared/runtime/clock'
import type { KeySet, TokenKey } from '@baari/shared/domain/keys/key-set'
import { present } from '@baari/shared/faults/assert'
import { after, hours, instant, type Instant } from '@baari/shared/units/time'
import { dueKey, keyInForce, type CloudKey } from '../../domain/keys/rotation.ts'
import type { KeyBook, KeyBookTx, KeyChest } from '../../ports/signing-keys.ts'

export type KeyDeps = {
  readonly chest: KeyChest
  readonly keyBook: KeyBook
  readonly clock: Clock
}

/** A set is valid for a week and issued anew each day, so a station cut off for days is content. */
const setValidity = hours(7 * 24)
const setRenewal = hours(24)

/**
 * Makes the keys that are due and publishes the signed key set when it changed or is a day old.
 * Idempotent, run at start and every few minutes by every process. Answers the keys that sign.
 */
export async function keepKeys({ chest, keyBook, clock }: KeyDeps): Promise<readonly CloudKey[]> {
  return keyBook.exclusively(async (tx) => {
    await chest.reload()
    const now = clock.now()
    await tx.dropOver(now)
    const all = await tx.keys()
    const ours = all.filter(({ kid }) => chest.holds(kid))
    const due = dueKey(
      ours,
      all.map(({ kid }) => kid),
      now,
    )
    const added: CloudKey[] = []
    if (due !== undefined) {
      const key = { ...due, publicKey: await chest.make(due.kid) }
      await tx.add(key)
      added.push(key)
    }
    await publishSet(tx, { chest, now, all: [...all, ...added], ours: [...ours, ...added] })
    return [...ours, ...added]
  })
}

type Publishing = {
  readonly chest: KeyChest
  readonly now: Instant
  readonly all: readonly CloudKey[]
  readonly ours: readonly CloudKey[]
}

/**
 * The signature is Ed25519 over the body's UTF-8 bytes by the key in force, which stations know
 * from the set before: a key is announced a week before it signs. A station's own key is not in
 * it: that station holds it already, no other accepts it, and a set for India would be 8,150 keys.
 */
async function publishSet(tx: KeyBookTx, { chest, now, all, ours }: Publishing): Promise<void> {
  const keys = all.map(tokenKey)
  const newest = await tx.newestSet()
  const last = newest && (JSON.parse(newest.body) as KeySet)
  const fresh = last !== undefined && now < after(instant(last.issuedAtMs), setRenewal)
  if (fresh && JSON.stringify(last.keys) === JSON.stringify(keys)) return
  const set: KeySet = {
    version: (newest?.version ?? 0) + 1,
    issuedAtMs: now,
    validUntilMs: after(now, setValidity),
    keys,
    // Denials travel row by row in their own shape, station by station.
    denied: [],
  }
  const body = JSON.stringify(set)
  const { kid } = present(keyInForce(ours, now), 'a key in force')
  const signature = Buffer.from(chest.sign(kid, Buffer.from(body))).toString('base64url')
  await tx.publish({ version: set.version, body, signature, kid })
}

function tokenKey({ kid, publicKey, notBefore, notAfter }: CloudKey): TokenKey {
  return { kid, publicKey, notBefore, notAfter }
}
