import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { assert } from '@baari/shared/faults/assert'

const ivBytes = 12
const tagBytes = 16
/** First byte of a sealed value: which key sealed it. */
const keyId = 1

export type SealedBox = {
  readonly seal: (plain: Uint8Array, place: string) => Buffer
  /** Throws when it was sealed by another key or for another place. */
  readonly open: (sealed: Buffer, place: string) => Buffer
}

/**
 * AES-256-GCM under one key of the key file. The place (table:column:row) is authenticated, so a
 * sealed value copied to another row does not open.
 */
export function sealedBox(key: Buffer): SealedBox {
  return {
    seal(plain, place) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      cipher.setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([Buffer.of(keyId), iv, cipher.getAuthTag(), body])
    },
    open(sealed, place) {
      assert(sealed[0] === keyId, 'a value is sealed with a known key')
      const iv = sealed.subarray(1, 1 + ivBytes)
      const tag = sealed.subarray(1 + ivBytes, 1 + ivBytes + tagBytes)
      const decipher = createDecipheriv('aes-256-gcm', key, iv)
      decipher.setAAD(Buffer.from(place))
      decipher.setAuthTag(tag)
      const body = sealed.subarray(1 + ivBytes + tagBytes)
      return Buffer.concat([decipher.update(body), decipher.final()])
    },
  }
}
