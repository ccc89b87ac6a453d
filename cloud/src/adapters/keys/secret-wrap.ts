import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { wrapSecret } from '@baari/shared/codecs/wrapped-secret'
import type { WrapForStation } from '../../ports/enrolments.ts'

/** SubjectPublicKeyInfo header before the 32 bytes of an X25519 public key (RFC 8410 section 4). */
const spkiHeader = Buffer.from('302a300506032b656e032100', 'hex')

/** Wraps K_station with an ephemeral key and a nonce made for this one answer. */
export const wrapForStation: WrapForStation = ({ station, secret, wrapKey }) => {
  const pair = generateKeyPairSync('x25519')
  return wrapSecret(
    {
      station,
      secret,
      wrapKey: new Uint8Array(Buffer.from(wrapKey, 'base64url')),
      ephemeralKey: rawPublic(pair.publicKey),
      nonce: new Uint8Array(randomBytes(12)),
    },
    {
      agree: (publicKey) => agreed(pair.privateKey, publicKey),
      hkdf: (shared, info) =>
        new Uint8Array(hkdfSync('sha256', shared, new Uint8Array(), info, 32)),
      seal(key, nonce, plain) {
        const cipher = createCipheriv('aes-256-gcm', key, nonce)
        const body = Buffer.concat([cipher.update(plain), cipher.final()])
        return new Uint8Array(Buffer.concat([body, cipher.getAuthTag()]))
      },
    },
  )
}

function agreed(privateKey: KeyObject, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    const key = Buffer.concat([spkiHeader, publicKey])
    const theirs = createPublicKey({ key, format: 'der', type: 'spki' })
    return new Uint8Array(diffieHellman({ privateKey, publicKey: theirs }))
  } catch {
    // OpenSSL refuses a point of small order.
    return undefined
  }
}

function rawPublic(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32))
}
