import { err, ok, type Result } from '@baari/shared/faults/result'
import { after, hours, type Instant } from '@baari/shared/units/time'

/** An enrolment code as the cloud keeps it. */
export type EnrolCodeState = {
  readonly expires: Instant
  /** Wrong tries so far. */
  readonly tries: number
  readonly used: boolean
}

/** A wrong code, a wrong signature, a void or expired code: one answer, so that nobody learns which. */
export type EnrolNo = 'unauthorised' | 'used'

export type EnrolAttempt = {
  readonly now: Instant
  /** The typed code is the one given. */
  readonly codeFits: boolean
  /** The text of this enrolment is signed by the key that enrols. */
  readonly signatureFits: boolean
}

export const codeLife = hours(24)
export const wrongTriesMost = 5

export function codeExpires(now: Instant): Instant {
  return after(now, codeLife)
}

/**
 * Whether a station may enrol (sync.md 5.3): one use, 24 h, five wrong tries void the code. Only
 * who knows the code is told that it was used: otherwise anybody could watch a station enrol.
 */
export function decideEnrolment(
  code: EnrolCodeState | undefined,
  { now, codeFits, signatureFits }: EnrolAttempt,
): Result<'enrol', { readonly no: EnrolNo; readonly countsAsTry: boolean }> {
  if (code === undefined || code.tries >= wrongTriesMost || now >= code.expires) {
    return err({ no: 'unauthorised', countsAsTry: false })
  }
  if (!codeFits || !signatureFits) return err({ no: 'unauthorised', countsAsTry: !code.used })
  return code.used ? err({ no: 'used', countsAsTry: false }) : ok('enrol')
}

const firstKid = 128
const lastKidPossible = 0xffff

/** A station's key numbers rise, so a token of an earlier key is never taken for one of the new. */
export function nextKid(lastKid: number | null): number {
  if (lastKid === null || lastKid >= lastKidPossible) return firstKid
  return lastKid + 1
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Twelve characters of Crockford's 32 in groups of four, from random bytes (the low five bits). */
export function enrolCodeOf(random: Uint8Array): string {
  const text = Array.from(random.slice(0, 12), (byte) => alphabet.charAt(byte & 31)).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}`
}
