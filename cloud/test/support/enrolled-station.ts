import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { enrolText } from '@baari/shared/contracts/sync/enrol'
import type { Pool } from 'pg'
import { readOrMakeKeyFile } from '../../src/adapters/keys/key-file.ts'
import { wrapForStation } from '../../src/adapters/keys/secret-wrap.ts'
import { enrolmentsOf } from '../../src/adapters/postgres/sync/enrolment-store.ts'
import { verifyStationText } from '../../src/adapters/sync-http/station-signature.ts'
import { randomIds } from '../../src/adapters/system/random-ids.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { enrolStation, giveEnrolCode, type EnrolDeps } from '../../src/app/sync/enrol-station.ts'
import { stationSecretsOf } from '../../src/compose/keys.ts'

export type ToEnrol = {
  readonly pool: Pool
  /** Of the cloud's key file. */
  readonly folder: string
  readonly station: number
}

/** The real use-cases over a database, without a port. */
export async function enrolDeps({ pool, folder }: Omit<ToEnrol, 'station'>): Promise<EnrolDeps> {
  return {
    enrolments: enrolmentsOf(pool, stationSecretsOf(await readOrMakeKeyFile(folder))),
    clock: systemClock,
    ids: randomIds,
    verify: verifyStationText,
    hashCode: (no, code) => createHmac('sha256', 'pepper').update(`${no}/${code}`).digest('hex'),
    wrap: wrapForStation,
    signingKeys: () => Promise.resolve([]),
  }
}

export type TestKeys = {
  readonly signing: KeyObject
  readonly publicKey: string
  readonly wrapPrivate: KeyObject
  readonly wrapKey: string
}

export function newStationKeys(): TestKeys {
  const signing = generateKeyPairSync('ed25519')
  const wrapping = generateKeyPairSync('x25519')
  const raw = (key: KeyObject): string => key.export({ format: 'jwk' }).x ?? ''
  return {
    signing: signing.privateKey,
    publicKey: raw(signing.publicKey),
    wrapPrivate: wrapping.privateKey,
    wrapKey: raw(wrapping.publicKey),
  }
}

/** What a node with these keys sends for a code. */
export function enrolAskOf(keys: TestKeys, station: number, code: string) {
  const { publicKey, wrapKey } = keys
  const text = enrolText({ station, code, publicKey, wrapKey })
  const sig = sign(null, Buffer.from(text), keys.signing).toString('base64url')
  return { station, code, publicKey, wrapKey, sig }
}

/** Enrols a station by the real path and answers its keys. */
export async function enrolTestStation(to: ToEnrol): Promise<TestKeys> {
  const deps = await enrolDeps(to)
  const given = await giveEnrolCode(deps, to.station)
  if (given === undefined) throw new Error('no such station')
  const keys = newStationKeys()
  const enrolled = await enrolStation(deps, enrolAskOf(keys, to.station, given.code))
  if (!enrolled.ok) throw new Error(enrolled.error)
  return keys
}
