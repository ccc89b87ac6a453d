import { createPublicKey, verify } from 'node:crypto'

/** Ed25519 (RFC 8032) over UTF-8 text; the key is 32 bytes, the signature 64, both base64url. */
export function verifyStationText(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
      format: 'jwk',
    })
    return verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'))
  } catch {
    // A key that is no point of the curve verifies nothing.
    return false
  }
}
