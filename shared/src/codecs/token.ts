import { assert } from '../faults/assert.ts'
import { badMessage, type BadMessage } from '../faults/no.ts'
import { err, ok, type Result } from '../faults/result.ts'
import { base45Of, bytesOfBase45 } from './base45.ts'
import { coseSign1Of, ed25519SignatureBytes, readCoseSign1, sigStructure } from './cose-sign1.ts'
import { payloadOf, readPayload, type TokenClaims } from './token-claims.ts'

export type { TokenClaims } from './token-claims.ts'

/** The prefix is in the QR alphanumeric set, like base45: one mode, no switch (ISO/IEC 18004). */
export const tokenPrefix = 'BAARI1:'

/**
 * A QR symbol of version 8, level M, holds 221 alphanumeric characters (ISO/IEC 18004 table 7):
 * prefix and base45 of 140 bytes are 217.
 */
export const maxCoseBytes = 140
const maxTextLength = tokenPrefix.length + maxCoseBytes * 1.5

export type TokenSigner = {
  /** 0-127 a cloud key; from 128 on a station's own key. */
  readonly kid: number
  /** Ed25519 signature, 64 bytes, of the COSE Sig_structure. */
  sign(message: Uint8Array): Uint8Array
}

/** A token that has the form of one. Nothing in it may be believed before `signed` is verified. */
export type SignedToken = {
  readonly kid: number
  readonly claims: TokenClaims
  /** COSE Sig_structure: what the signature was made over. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** Bytes of the COSE_Sign1 these claims make under this key. */
export function tokenBytes(claims: TokenClaims, kid: number): number {
  const signature = new Uint8Array(ed25519SignatureBytes)
  return coseSign1Of({ kid, payload: payloadOf(claims), signature }).length
}

/**
 * True when the claims fit the 140 bytes. All do but one kind: more than 65,535 g *and* more than
 * 655.35 rupees prepaid together (or, beside either, a revision or use count past 23 or a two-byte
 * kid). A seller asks this before it takes money for a bus and offers pay at pump instead.
 */
export function tokenFits(claims: TokenClaims, kid: number): boolean {
  return tokenBytes(claims, kid) <= maxCoseBytes
}

/** `BAARI1:` + base45 of the COSE_Sign1. Claims that do not fit are a bug of the seller. */
export function encodeToken(claims: TokenClaims, signer: TokenSigner): string {
  assert(tokenFits(claims, signer.kid), 'a token has at most 140 COSE bytes')
  const payload = payloadOf(claims)
  const signature = signer.sign(sigStructure(signer.kid, payload))
  return tokenPrefix + base45Of(coseSign1Of({ kid: signer.kid, payload, signature }))
}

/**
 * Reads structure only; the caller looks up `kid` and verifies `signature` over `signed`. Any text
 * but the one `encodeToken` makes is refused: `too_long` past the QR's capacity, else `malformed`.
 */
export function decodeToken(text: string): Result<SignedToken, BadMessage> {
  if (text.length > maxTextLength) return err(badMessage('too_long', 'more than 140 COSE bytes'))
  if (!text.startsWith(tokenPrefix)) return malformed('prefix is not BAARI1:')
  const bytes = bytesOfBase45(text.slice(tokenPrefix.length))
  if (bytes === undefined) return malformed('not base45')
  const cose = readCoseSign1(bytes)
  if (typeof cose === 'string') return malformed(cose)
  const claims = readPayload(cose.payload)
  if (typeof claims === 'string') return malformed(claims)
  const { kid, payload, signature } = cose
  return ok({ kid, claims, signed: sigStructure(kid, payload), signature })
}

function malformed(detail: string): { readonly ok: false; readonly error: BadMessage } {
  return err(badMessage('malformed', detail))
}
