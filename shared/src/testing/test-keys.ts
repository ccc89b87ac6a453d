import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import type { CodeMac } from '../codecs/short-code.ts'
import type { TokenSigner } from '../codecs/token.ts'
import type { WrapPrimitives } from '../codecs/wrapped-secret.ts'

/** PKCS #8 header before the 32-byte seed of an Ed25519 key (RFC 8410 section 7). */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Thirty-two bytes anyone can derive: SHA-256 of the label. A test key, and never anything else. */
export function testSeed(label: string): Uint8Array {
  return createHash('sha256').update(`baari test key: ${label}`).digest()
}

function privateKey(label: string): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([pkcs8Header, testSeed(label)]),
    format: 'der',
    type: 'pkcs8',
  })
}

/** Signs tokens in tests with the public test key of a label. */
export function testSigner(kid: number, label = `kid ${kid}`): TokenSigner {
  const key = privateKey(label)
  return { kid, sign: (message) => sign(null, message, key) }
}

/** The raw public key of a label as base64url, as key sets carry it. */
export function testPublicKey(label: string): string {
  return createPublicKey(privateKey(label)).export({ format: 'jwk' }).x ?? ''
}

/** Ed25519 verification with a raw base64url public key. */
export function testVerify(
  publicKey: string,
  { signed, signature }: { readonly signed: Uint8Array; readonly signature: Uint8Array },
): boolean {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
    format: 'jwk',
  })
  return verify(null, signed, key, signature)
}

export function testHmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest()
}

export function testSha256(message: Uint8Array): Uint8Array {
  return createHash('sha256').update(message).digest()
}

/** The MAC of short codes on Node's own crypto. */
export const testCodeMac: CodeMac = {
  hmac: testHmac,
  hkdf: (key, info) => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), info, 32)),
}

/** The same header for an X25519 key. */
const pkcs8WrapHeader = Buffer.from('302e020100300506032b656e04220420', 'hex')
/** SubjectPublicKeyInfo header before the 32 bytes of an X25519 public key. */
const spkiWrapHeader = Buffer.from('302a300506032b656e032100', 'hex')

function wrapPrivateKey(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([pkcs8WrapHeader, seed])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

/** The X25519 pair of a label, raw. */
export function testWrapPair(label: string): {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
} {
  const privateKey = testSeed(label)
  const der = createPublicKey(wrapPrivateKey(privateKey)).export({ format: 'der', type: 'spki' })
  return { privateKey, publicKey: new Uint8Array(der.subarray(-32)) }
}

/** The wrap's primitives on Node's own crypto, for who holds this raw private key. */
export const testWrapPrimitives = (privateKey: Uint8Array): WrapPrimitives => ({
  agree(publicKey) {
    const key = Buffer.concat([spkiWrapHeader, publicKey])
    try {
      const theirs = createPublicKey({ key, format: 'der', type: 'spki' })
      return new Uint8Array(
        diffieHellman({ privateKey: wrapPrivateKey(privateKey), publicKey: theirs }),
      )
    } catch {
      return undefined
    }
  },
  hkdf: (secret, info) => new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), info, 32)),
  seal(key, nonce, plain) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    return new Uint8Array(Buffer.concat([body, cipher.getAuthTag()]))
  },
  open(key, nonce, sealed) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    decipher.setAuthTag(sealed.subarray(-16))
    try {
      const body = decipher.update(sealed.subarray(0, -16))
      return new Uint8Array(Buffer.concat([body, decipher.final()]))
    } catch {
      return undefined
    }
  },
})
