import { createHmac, hkdfSync } from 'node:crypto'

/** HMAC-SHA256 (RFC 2104), for plate tags and short codes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest()
}

/** HKDF-SHA256 (RFC 5869): 32 bytes, empty salt. */
export function hkdfSha256(key: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), info, 32))
}

export const codeMac = { hmac: hmacSha256, hkdf: hkdfSha256 } as const
