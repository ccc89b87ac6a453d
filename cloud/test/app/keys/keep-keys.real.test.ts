import { createPublicKey, verify } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptKeySet, keyFor, type KeySet } from '@baari/shared/domain/keys/key-set'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { stationNo } from '@baari/shared/units/names'
import { hours } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fileKeyChest } from '../../../src/adapters/keys/key-chest.ts'
import { readOrMakeKeyFile } from '../../../src/adapters/keys/key-file.ts'
import { keyBookOf } from '../../../src/adapters/postgres/key-book.ts'
import { keepKeys } from '../../../src/app/keys/keep-keys.ts'
import { keyInForce } from '../../../src/domain/keys/rotation.ts'
import { migratedDatabase, type PooledDatabase } from '../../support/migrated-database.ts'

let database: PooledDatabase
let folder: string
beforeEach(async () => {
  database = await migratedDatabase()
  folder = await mkdtemp(join(tmpdir(), 'baari-keys-'))
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

async function published(): Promise<
  { set: KeySet; body: string; signature: string; kid: number }[]
> {
  const { rows } = await database.pool.query<{ body: string; signature: string; kid: number }>(
    'SELECT body, signature, kid FROM key_set ORDER BY version',
  )
  return rows.map((row) => ({ ...row, set: JSON.parse(row.body) as KeySet }))
}

it('processes that start at once agree on one secret, one key and one set', async () => {
  const files = await Promise.all([1, 2, 3, 4].map(() => readOrMakeKeyFile(folder)))
  expect(new Set(files.map(({ phoneSealKey }) => phoneSealKey)).size).toBe(1)
  const clock = manualClock()
  const keyBook = keyBookOf(database.pool)
  const rings = await Promise.all(
    [1, 2, 3].map(() => keepKeys({ chest: fileKeyChest(folder), keyBook, clock })),
  )
  expect(new Set(rings.flatMap((keys) => keys.map(({ publicKey }) => publicKey))).size).toBe(1)
  expect(await published()).toHaveLength(1)
  expect((await stat(join(folder, 'cloud-keys.json'))).mode & 0o777).toBe(0o600)
})

it('over a year each set is signed by a key of the set before, so a station follows all of them', async () => {
  const clock = manualClock()
  const chest = fileKeyChest(folder)
  const keyBook = keyBookOf(database.pool)
  let known: KeySet | undefined
  const signers = new Set<number>()
  for (let day = 0; day < 365; day += 1) {
    const keys = await keepKeys({ chest, keyBook, clock })
    signers.add(keyInForce(keys, clock.now())?.kid ?? -1)
    const newest = (await published()).at(-1)
    if (newest === undefined) throw new Error('a set')
    const trusted = keyFor(known ?? newest.set, newest.kid, {
      station: stationNo(42),
      now: clock.now(),
    })
    if (!trusted.ok) throw new Error(`day ${day}: ${trusted.error.detail}`)
    const key = { kty: 'OKP', crv: 'Ed25519', x: trusted.value.publicKey }
    const publicKey = createPublicKey({ key, format: 'jwk' })
    const signature = Buffer.from(newest.signature, 'base64url')
    expect(verify(null, Buffer.from(newest.body), publicKey, signature)).toBe(true)
    const accepted = acceptKeySet(known, newest.set)
    if (!accepted.ok) throw new Error(accepted.error.detail)
    known = accepted.value
    clock.advance(hours(24))
  }
  expect([...signers]).toEqual([0, 1, 2, 3, 4])
  expect(await published()).toHaveLength(10)
})

it('a lost key file is replaced by a new key that signs at once under a new kid', async () => {
  const clock = manualClock()
  const keyBook = keyBookOf(database.pool)
  await keepKeys({ chest: fileKeyChest(folder), keyBook, clock })
  await rm(join(folder, 'cloud-keys.json'))
  clock.advance(hours(1))
  const keys = await keepKeys({ chest: fileKeyChest(folder), keyBook, clock })
  expect(keyInForce(keys, clock.now())?.kid).toBe(1)
  expect((await published()).at(-1)?.kid).toBe(1)
})
