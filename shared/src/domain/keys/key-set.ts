import { badMessage, type BadMessage } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import type { BookingId, StationNo } from '../../units/names.ts'
import { elapsed, millis, type Instant, type Millis } from '../../units/time.ts'

/** One Ed25519 public key that may sign tokens. */
export type TokenKey = {
  /** 0-127 a cloud key; from 128 on a station's own key, counted within that station. */
  readonly kid: number
  /** 32 bytes, base64url. */
  readonly publicKey: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** The only station that accepts the key; absent for cloud keys. */
  readonly station?: StationNo
}

/** A booking whose tokens below a revision are superseded, or all of them when denied. */
export type DeniedBooking = { readonly booking: BookingId; readonly minRev: number }

/** What the cloud publishes to stations: who may sign, and which tokens no longer count. */
export type KeySet = {
  /** Rises with every change. */
  readonly version: number
  readonly issuedAtMs: Instant
  /** From here on the set is overdue: still used, its age shown (promise "always on"). */
  readonly validUntilMs: Instant
  readonly keys: readonly TokenKey[]
  readonly denied: readonly DeniedBooking[]
}

export const firstStationKid = 128
/** Above every revision a token can carry: denies a booking for good. */
export const denyAllRevisions = 256
/** Bounds of a set: two rotations overlap at most, and denials are pruned at token expiry. */
export const keySetLimits = { keys: 512, denied: 100_000 } as const

/**
 * The key a token names, for this station at this time; `unknown_key` otherwise. While keys
 * rotate, both are found. In an overdue set time stands still at `validUntilMs` for `notAfter`: a
 * node cut off for days goes on with the keys that were good when it last heard of them.
 */
export function keyFor(
  set: KeySet,
  kid: number,
  at: { readonly station: StationNo; readonly now: Instant },
): Result<TokenKey, BadMessage> {
  const owner = kid < firstStationKid ? undefined : at.station
  const named = set.keys.filter((key) => key.kid === kid && key.station === owner)
  const frozen = Math.min(at.now, set.validUntilMs)
  const found = named.find((key) => key.notBefore <= at.now && frozen <= key.notAfter)
  if (found !== undefined) return ok(found)
  const why = named.length > 0 ? 'out of its time' : 'not in the key set'
  return err(badMessage('unknown_key', `kid ${kid} is ${why}`))
}

/** The least revision of a booking's tokens that counts; 0 when nothing is denied. */
export function minimumRev(set: Pick<KeySet, 'denied'>, booking: BookingId): number {
  return set.denied.reduce(
    (least, denied) => (denied.booking === booking ? Math.max(least, denied.minRev) : least),
    0,
  )
}

/** How old a set is, and by how much it is overdue (0 while it is valid): shown on the kiosk. */
export type KeySetAge = { readonly ageMs: Millis; readonly overdueMs: Millis }

export function keySetAge(set: KeySet, now: Instant): KeySetAge {
  return {
    ageMs: millis(Math.max(0, elapsed(set.issuedAtMs, now))),
    overdueMs: millis(Math.max(0, elapsed(set.validUntilMs, now))),
  }
}

/**
 * The set to hold after `next` arrived. A version never goes back, a version never changes its
 * content, and a set that breaks its own rules is refused; the caller then keeps `current`.
 */
export function acceptKeySet(
  current: KeySet | undefined,
  next: KeySet,
): Result<KeySet, BadMessage> {
  const flaw = flawOf(next)
  if (flaw !== undefined) return err(badMessage('malformed', flaw))
  if (current === undefined || next.version > current.version) return ok(next)
  if (next.version < current.version) {
    return err(badMessage('malformed', `version ${next.version} after ${current.version}`))
  }
  return sameContent(current, next)
    ? ok(current)
    : err(badMessage('malformed', `version ${next.version} with other content`))
}

function flawOf(set: KeySet): string | undefined {
  if (!Number.isSafeInteger(set.version) || set.version < 1) return 'version is not a count'
  if (set.issuedAtMs >= set.validUntilMs) return 'the set ends before it begins'
  if (set.keys.length > keySetLimits.keys) return 'too many keys'
  if (set.denied.length > keySetLimits.denied) return 'too many denied bookings'
  return set.keys.map(keyFlaw).find((flaw) => flaw !== undefined) ?? doubleKey(set.keys)
}

function keyFlaw({ kid, publicKey, notBefore, notAfter, station }: TokenKey): string | undefined {
  if (!Number.isInteger(kid) || kid < 0 || kid > 0xffff) return `kid ${kid} is out of range`
  if (kid < firstStationKid && station !== undefined) return `cloud kid ${kid} names a station`
  if (kid >= firstStationKid && station === undefined) return `kid ${kid} names no station`
  if (!/^[A-Za-z0-9_-]{43}$/.test(publicKey)) return `kid ${kid} has no 32-byte key`
  return notBefore < notAfter ? undefined : `kid ${kid} ends before it begins`
}

function doubleKey(keys: readonly TokenKey[]): string | undefined {
  const names = keys.map(({ kid, station }) => `${station ?? 'cloud'}/${kid}`)
  return new Set(names).size === names.length ? undefined : 'two keys share a kid'
}

/** Order inside the set carries no meaning, so it is compared sorted. */
function sameContent(a: KeySet, b: KeySet): boolean {
  return contentText(a) === contentText(b)
}

function contentText(set: KeySet): string {
  const keys = set.keys.map((key) =>
    [key.kid, key.station ?? 0, key.publicKey, key.notBefore, key.notAfter].join(),
  )
  const denied = set.denied.map(({ booking, minRev }) => `${booking},${minRev}`)
  return [set.issuedAtMs, set.validUntilMs, ...keys.sort(), ...denied.sort()].join('|')
}
