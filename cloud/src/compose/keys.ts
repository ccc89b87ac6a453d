import { createHmac } from 'node:crypto'
import { present } from '@baari/shared/faults/assert'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import { fileKeyChest } from '../adapters/keys/key-chest.ts'
import { readOrMakeKeyFile } from '../adapters/keys/key-file.ts'
import { phoneVault } from '../adapters/keys/phone-vault.ts'
import { tokenIssuer } from '../adapters/keys/token-issuer.ts'
import { keyBookOf } from '../adapters/postgres/key-book.ts'
import { keepKeys } from '../app/keys/keep-keys.ts'
import { keyInForce, type CloudKey } from '../domain/keys/rotation.ts'
import type { TokenIssuer } from '../ports/token-issuer.ts'

export type CloudKeys = {
  readonly vault: ReturnType<typeof phoneVault>
  readonly pepper: Buffer
  readonly issuer: TokenIssuer
  /** Rotates and publishes what is due. */
  readonly keep: () => Promise<void>
}

type KeyParts = { readonly folder: string; readonly pool: Pool; readonly clock: Clock }

/** Secrets from the key file, signing keys in step with the database. */
export async function openKeys({ folder, pool, clock }: KeyParts): Promise<CloudKeys> {
  const file = await readOrMakeKeyFile(folder)
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
  const chest = fileKeyChest(folder)
  let keys: readonly CloudKey[] = []
  const keep = async (): Promise<void> => {
    keys = await keepKeys({ chest, keyBook: keyBookOf(pool), clock })
  }
  await keep()
  const issuer = tokenIssuer(() => {
    const { kid } = present(keyInForce(keys, clock.now()), 'a signing key in force')
    return { kid, privateKey: chest.privateKey(kid) }
  })
  const pepper = createHmac('sha256', bytes(file.otpPepper)).update('otp').digest()
  const vault = phoneVault({
    sealKey: bytes(file.phoneSealKey),
    indexKey: bytes(file.phoneIndexKey),
  })
  return { vault, pepper, issuer, keep }
}
