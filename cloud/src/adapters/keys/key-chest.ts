import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { present } from '@baari/shared/faults/assert'
import type { KeyChest } from '../../ports/signing-keys.ts'
import { readOrMakeKeyFile, replaceKeyFile } from './key-file.ts'

/** Signing keys in the key file. Changes happen under the key book's lock, one process at a time. */
export function fileKeyChest(folder: string): KeyChest & { privateKey(kid: number): KeyObject } {
  let keys: ReadonlyMap<number, KeyObject> = new Map()
  const privateKey = (kid: number): KeyObject => present(keys.get(kid), `private key of kid ${kid}`)

  return {
    privateKey,
    async reload() {
      const { signingKeys } = await readOrMakeKeyFile(folder)
      keys = new Map(signingKeys.map((key) => [key.kid, readPrivateKey(key.privateKey)]))
    },
    holds: (kid) => keys.has(kid),
    async make(kid) {
      const pair = generateKeyPairSync('ed25519')
      const der = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')
      const file = await readOrMakeKeyFile(folder)
      const others = file.signingKeys.filter((key) => key.kid !== kid)
      await replaceKeyFile(folder, {
        ...file,
        signingKeys: [...others, { kid, privateKey: der }],
      })
      keys = new Map([...keys, [kid, pair.privateKey]])
      return publicText(pair.privateKey)
    },
    sign: (kid, message) => sign(null, message, privateKey(kid)),
  }
}

function readPrivateKey(der: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(der, 'base64url'), format: 'der', type: 'pkcs8' })
}

/** The 32 bytes of an Ed25519 public key, base64url (RFC 8037 "x"). */
function publicText(privateKey: KeyObject): string {
  return present(createPublicKey(privateKey).export({ format: 'jwk' }).x, 'public key')
}
