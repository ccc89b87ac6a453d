import { z } from 'zod'
import { stationNoField } from '../scalars.ts'

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
/** 32 bytes of a public key. */
const key32 = base64url.length(43)

/** Three groups of four, of 32 characters that nobody mistakes for one another: 60 bits. */
export const enrolCodeForm = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/

/**
 * POST /v1/stations/:no/enrol-code (operator) → 201. One use, 24 h, five wrong tries void it; a
 * second call makes the first code worthless. The code is shown once and kept as a hash.
 */
export const enrolCodeAnswer = z.object({
  code: z.string().regex(enrolCodeForm),
  /** Milliseconds since 1970. */
  expires: z.int(),
})

/** POST /v1/enrol. `sig` is Ed25519 by `public_key` over the text of {@link enrolText}. */
export const enrolRequest = z.object({
  station: stationNoField,
  code: z.string().min(1).max(32),
  /** Ed25519, 32 bytes. */
  public_key: key32,
  /** X25519, 32 bytes. */
  wrap_key: key32,
  sig: base64url.max(128),
})

/** K_station wrapped to the station's `wrap_key`; form in `codecs/wrapped-secret`. */
const wrapped = base64url.max(256)

export const enrolAnswer = z.object({
  /** The station's own key number, from 128 on, which rises with each enrolment. */
  kid: z.int().min(128),
  /** The cloud's public signing keys: they vouch for the first key set. */
  keys: z.array(z.object({ kid: z.int().min(0).max(127), public_key: key32 })).max(128),
  k_station: wrapped,
  /** Milliseconds since 1970. */
  server_time: z.int(),
})

/* GET /v1/enrol/key (station token) → 200 `{k_station}`, wrapped anew. */

export type EnrolAnswer = z.output<typeof enrolAnswer>
export type EnrolCodeAnswer = z.output<typeof enrolCodeAnswer>

export type EnrolTextInput = {
  readonly station: number
  readonly code: string
  readonly publicKey: string
  readonly wrapKey: string
}

/** UTF-8 text a station signs to enrol, without a final LF (sync.md 5.3). */
export function enrolText({ station, code, publicKey, wrapKey }: EnrolTextInput): string {
  return `baari-enrol/1\n${station}\n${code}\n${publicKey}\n${wrapKey}`
}

/** What people type: lower case, blanks and I, L, O for the digits they look like. */
export function normaliseEnrolCode(typed: string): string {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')
  return plain.match(/.{1,4}/g)?.join('-') ?? ''
}
