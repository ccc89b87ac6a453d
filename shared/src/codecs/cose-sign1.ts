import { assert } from '../faults/assert.ts'
import { cborMap, cborOf, isArray, isMap, readCbor } from './cbor.ts'
import { sameBytes } from './hex.ts'

/** COSE header labels and values (RFC 9052 section 3.1, RFC 9053 table 4). */
const label = { alg: 1, kid: 4 } as const
export const algEdDsa = -8
export const ed25519SignatureBytes = 64

/** Cloud keys and a station's own keys alike fit two bytes; one byte up to 255. */
export const maxKid = 0xffff

/** An untagged COSE_Sign1 (RFC 9052 section 4.2) with alg and kid protected, nothing unprotected. */
export type CoseSign1 = {
  readonly kid: number
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

function kidBytes(kid: number): Uint8Array {
  return Uint8Array.from(kid > 0xff ? [kid >> 8, kid & 0xff] : [kid])
}

function protectedHeader(kid: number): Uint8Array {
  assert(Number.isInteger(kid) && kid >= 0 && kid <= maxKid, 'kid is a whole number of two bytes')
  return cborOf(
    cborMap([
      [label.alg, algEdDsa],
      [label.kid, kidBytes(kid)],
    ]),
  )
}

/** The bytes Ed25519 signs: Sig_structure of RFC 9052 section 4.4, without external data. */
export function sigStructure(kid: number, payload: Uint8Array): Uint8Array {
  return cborOf(['Signature1', protectedHeader(kid), new Uint8Array(), payload])
}

export function coseSign1Of({ kid, payload, signature }: CoseSign1): Uint8Array {
  assert(signature.length === ed25519SignatureBytes, 'an Ed25519 signature has 64 bytes')
  return cborOf([protectedHeader(kid), cborMap([]), payload, signature])
}

/** The parts of a COSE_Sign1 of exactly our form, or what is wrong with these bytes. */
export function readCoseSign1(bytes: Uint8Array): CoseSign1 | string {
  const value = readCbor(bytes)
  if (value === undefined) return 'not deterministic CBOR'
  if (!isArray(value) || value.length !== 4) return 'not a COSE_Sign1 array of four'
  const [header, unprotected, payload, signature] = value
  if (!(header instanceof Uint8Array) || !(payload instanceof Uint8Array)) return 'wrong COSE types'
  if (!isMap(unprotected) || unprotected.entries.length > 0) return 'unprotected headers'
  if (!(signature instanceof Uint8Array) || signature.length !== ed25519SignatureBytes) {
    return 'signature is not 64 bytes'
  }
  const kid = readProtected(header)
  return typeof kid === 'string' ? kid : { kid, payload, signature }
}

function readProtected(header: Uint8Array): number | string {
  const value = readCbor(header)
  if (!isMap(value) || value.entries.length !== 2) return 'protected headers are not alg and kid'
  const [alg, kid] = value.entries
  if (alg?.[0] !== label.alg || alg[1] !== algEdDsa) return 'alg is not EdDSA'
  if (kid?.[0] !== label.kid || !(kid[1] instanceof Uint8Array)) return 'kid is missing'
  if (kid[1].length < 1 || kid[1].length > 2) return 'kid is not one or two bytes'
  const number = kid[1].reduce((sum, byte) => sum * 256 + byte, 0)
  return sameBytes(protectedHeader(number), header) ? number : 'kid has a leading zero'
}
