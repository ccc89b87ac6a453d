import { createHmac, hkdfSync } from 'node:crypto'
import { present } from '@baari/shared/faults/assert'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import { fileKeyChest } from '../adapters/keys/key-chest.ts'
import { readOrMakeKeyFile } from '../adapters/keys/key-file.ts'
import { phoneVault } from '../adapters/keys/phone-vault.ts'
import { sealedBox, type SealedBox } from '../adapters/keys/sealed-box.ts'
import { tokenIssuer } from '../adapters/keys/token-issuer.ts'
import { keyBookOf } from '../adapters/postgres/key-book.ts'
import { keepKeys } from '../app/keys/keep-keys.ts'
import { keyInForce, type CloudKey } from '../domain/keys/rotation.ts'
import type { CloudSigner } from '../ports/signing-keys.ts'
import type { TokenIssuer } from '../ports/token-issuer.ts'

export type CloudKeys = {
  readonly vault: ReturnType<typeof phoneVault>
  readonly pepper: Buffer
  readonly issuer: TokenIssuer
  /** Seals what the stations share with the cloud. */
  readonly stationSecrets: SealedBox
  /** Keyed hash of an enrolment code, lower-case hex. */
  readonly hashEnrolCode: (stationNo: number, code: string) => string
  /** Public signing keys that are not over. */
  readonly signingKeys: () => Promise<
    readonly { readonly kid: number; readonly publicKey: string }[]
  >
  /** Rotates and publishes what is due. */
  readonly keep: () => Promise<void>
  /** Signs what stations are given beside tokens; each kind of text begins with a name of its own. */
  readonly signer: CloudSigner
}

type KeyParts = { readonly folder: string; readonly pool: Pool; readonly clock: Clock }

/** Secrets from the key file, signing keys in step with the database. */
export async function openKeys({ folder, pool, clock }: KeyParts): Promise<CloudKeys> {
  const file = await readOrMakeKeyFile(folder)
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
  const chest = fileKeyChest(folder)
  const keyBook = keyBookOf(pool)
  let keys: readonly CloudKey[] = []
  const keep = async (): Promise<void> => {
    keys = await keepKeys({ chest, keyBook, clock })
  }
  await keep()
  const issuer = tokenIssuer(() => {
    const { kid } = present(keyInForce(keys, clock.now()), 'a signing key in force')
    return { kid, privateKey: chest.privateKey(kid) }
  })
  const signer: CloudSigner = {
    keyId: () => present(keyInForce(keys, clock.now()), 'a signing key in force').kid,
    sign: (keyId, message) => chest.sign(keyId, message),
  }
  const pepper = createHmac('sha256', bytes(file.otpPepper)).update('otp').digest()
  const vault = phoneVault({
    sealKey: bytes(file.phoneSealKey),
    indexKey: bytes(file.phoneIndexKey),
  })
  return {
    ...{ vault, pepper, issuer, keep, signer },
    stationSecrets: stationSecretsOf(file),
    hashEnrolCode: enrolCodeHash(pepper),
    signingKeys: () => keyBook.exclusively((tx) => tx.keys()),
  }
}

/** The root key of sealed values gives one key per purpose, so no file needs to be changed for it. */
export function stationSecretsOf({ phoneSealKey }: { readonly phoneSealKey: string }): SealedBox {
  const root = Buffer.from(phoneSealKey, 'base64url')
  return sealedBox(Buffer.from(hkdfSync('sha256', root, '', 'baari/station-secret/1', 32)))
}

function enrolCodeHash(pepper: Buffer): (stationNo: number, code: string) => string {
  return (stationNo, code) =>
    createHmac('sha256', pepper).update(`enrol/${stationNo}/${code}`).digest('hex')
}
