import { err, ok, type Result } from '../faults/result.ts'
import { base64urlOf, bytesOfBase64url } from './base64url.ts'

/**
 * K_station on its way to a station (sync.md 5.3): base64url of ephemeral X25519 key ‖ nonce ‖
 * AES-256-GCM of the secret with its tag. The AES key is HKDF-SHA256 of the X25519 secret with an
 * empty salt and the info `baari-kstation/1/` + station number, so a wrap made for one station does
 * not open at another that was given the same key by mistake.
 */
export type WrapPrimitives = {
  /**
   * X25519 (RFC 7748) of the caller's own private key, which stays where it is kept, with a raw
   * 32-byte public key; undefined for a point of small order (section 6.1).
   */
  readonly agree: (publicKey: Uint8Array) => Uint8Array | undefined
  /** RFC 5869 with an empty salt, 32 bytes out. */
  readonly hkdf: (secret: Uint8Array, info: Uint8Array) => Uint8Array
  /** AES-256-GCM without further data: ciphertext ‖ 16-byte tag. */
  readonly seal: (key: Uint8Array, nonce: Uint8Array, plain: Uint8Array) => Uint8Array
  /** The other way; undefined when the tag does not fit. */
  readonly open: (key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined
}

export const stationSecretBytes = 32
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const wrappedBytes = keyBytes + nonceBytes + stationSecretBytes + tagBytes

export type ToWrap = {
  readonly station: number
  /** 32 bytes. */
  readonly secret: Uint8Array
  /** The station's X25519 public key, 32 bytes. */
  readonly wrapKey: Uint8Array
  /** Public half of a pair made for this one wrap, whose private half `agree` uses. */
  readonly ephemeralKey: Uint8Array
  /** 12 bytes, random. */
  readonly nonce: Uint8Array
}

/** `malformed` when a length is wrong or the station's key is no usable point. */
export function wrapSecret(
  { station, secret, wrapKey, ephemeralKey, nonce }: ToWrap,
  crypto: Omit<WrapPrimitives, 'open'>,
): Result<string, 'malformed'> {
  const lengths = [secret.length, wrapKey.length, ephemeralKey.length, nonce.length]
  const wanted = [stationSecretBytes, keyBytes, keyBytes, nonceBytes]
  if (lengths.some((length, index) => length !== wanted[index])) return err('malformed')
  const shared = crypto.agree(wrapKey)
  if (shared === undefined) return err('malformed')
  const sealed = crypto.seal(crypto.hkdf(shared, infoOf(station)), nonce, secret)
  return ok(base64urlOf(Uint8Array.of(...ephemeralKey, ...nonce, ...sealed)))
}

export type ToUnwrap = {
  readonly station: number
  /** What the cloud sent, base64url. */
  readonly wrapped: string
}

/** `malformed` for another form, `bad_checksum` when it was wrapped for somebody else or damaged. */
export function unwrapSecret(
  { station, wrapped }: ToUnwrap,
  crypto: Omit<WrapPrimitives, 'seal'>,
): Result<Uint8Array, 'malformed' | 'bad_checksum'> {
  const bytes = bytesOfBase64url(wrapped)
  if (bytes?.length !== wrappedBytes) return err('malformed')
  const shared = crypto.agree(bytes.slice(0, keyBytes))
  if (shared === undefined) return err('malformed')
  const nonce = bytes.slice(keyBytes, keyBytes + nonceBytes)
  const sealed = bytes.slice(keyBytes + nonceBytes)
  const secret = crypto.open(crypto.hkdf(shared, infoOf(station)), nonce, sealed)
  return secret === undefined ? err('bad_checksum') : ok(secret)
}

function infoOf(station: number): Uint8Array {
  return new TextEncoder().encode(`baari-kstation/1/${station}`)
}
