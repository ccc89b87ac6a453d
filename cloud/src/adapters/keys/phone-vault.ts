import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { assert } from '@baari/shared/faults/assert'

const ivBytes = 12
const tagBytes = 16
/** First byte of a sealed number: which key sealed it. */
const keyId = 1

type VaultKeys = { readonly sealKey: Buffer; readonly indexKey: Buffer }

/**
 * Seals phone numbers with AES-256-GCM under one key and indexes them by HMAC-SHA256 under another
 * (integrations.md section 12). The place (table:column:row) is authenticated, so a sealed number
 * copied to another row does not open.
 */
export function phoneVault({ sealKey, indexKey }: VaultKeys) {
  return {
    index: (phone: string): Buffer => createHmac('sha256', indexKey).update(phone).digest(),
    seal(phone: string, place: string): Buffer {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv)
      cipher.setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(phone, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(keyId), iv, cipher.getAuthTag(), body])
    },
    open(sealed: Buffer, place: string): string {
      assert(sealed[0] === keyId, 'a phone is sealed with a known key')
      const iv = sealed.subarray(1, 1 + ivBytes)
      const tag = sealed.subarray(1 + ivBytes, 1 + ivBytes + tagBytes)
      const decipher = createDecipheriv('aes-256-gcm', sealKey, iv)
      decipher.setAAD(Buffer.from(place))
      decipher.setAuthTag(tag)
      const body = sealed.subarray(1 + ivBytes + tagBytes)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
  }
}
