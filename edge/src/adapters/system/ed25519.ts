import { createPublicKey, verify, type KeyObject } from 'node:crypto'

/** A key set holds a handful of keys; more than this many means somebody sends us invented ones. */
const mostKeys = 64

export type SignatureClaim = {
  /** Raw public key, base64url (RFC 8037). */
  readonly publicKey: string
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Ed25519 verification with parsed keys kept, since parsing costs as much as verifying and the
 * scan has to turn the lamp green at once. A malformed key verifies nothing.
 */
export function ed25519Verifier(): (claim: SignatureClaim) => boolean {
  const keys = new Map<string, KeyObject>()

  function keyOf(publicKey: string): KeyObject | undefined {
    const known = keys.get(publicKey)
    if (known) return known
    try {
      const key = createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
        format: 'jwk',
      })
      if (keys.size >= mostKeys) keys.clear()
      keys.set(publicKey, key)
      return key
    } catch {
      return undefined
    }
  }

  return ({ publicKey, message, signature }) => {
    const key = keyOf(publicKey)
    return key !== undefined && verify(null, message, key, signature)
  }
}
