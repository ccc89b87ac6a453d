import { after, before, hours, instant, type Instant } from '@baari/shared/units/time'

/** One of the cloud's signing keys: verified from `notBefore`, used from `signsFrom`. */
export type CloudKey = {
  readonly kid: number
  /** 32 bytes, base64url. */
  readonly publicKey: string
  readonly notBefore: Instant
  readonly signsFrom: Instant
  readonly notAfter: Instant
}

const days = (n: number) => hours(24 * n)

/** A key signs for 90 days and is announced a week before, so that stations know it in time. */
export const signingTerm = days(90)
export const announcedBefore = days(7)
/** The last token signed is sold 24 h ahead and lives 30 min, an ETA and a delay later. */
export const lastTokenLife = days(3)
/** A station's clock may be behind ours when it first sees the key. */
const clockSkew = hours(1)
const kids = 128

/** The key that signs now: the last one whose time to sign has come and that is not over. */
export function keyInForce(keys: readonly CloudKey[], now: Instant): CloudKey | undefined {
  return keys
    .filter(({ signsFrom, notAfter }) => signsFrom <= now && now < notAfter)
    .toSorted((a, b) => b.signsFrom - a.signsFrom)[0]
}

export type KeyTimes = Omit<CloudKey, 'publicKey'>

/**
 * The key to make now, or undefined while none is due. `keys` are those whose private half is at
 * hand, `known` all kids ever used. Without a key that signs, the new one signs at once, which
 * stations cut off just then learn of with the next key set.
 */
export function dueKey(
  keys: readonly CloudKey[],
  known: readonly number[],
  now: Instant,
): KeyTimes | undefined {
  const latest = keys.toSorted((a, b) => b.signsFrom - a.signsFrom)[0]
  if (latest === undefined || keyInForce(keys, now) === undefined) return keyFrom(known, now, now)
  const termEnd = after(latest.signsFrom, signingTerm)
  if (now < before(termEnd, announcedBefore)) return undefined
  const announced = Math.max(termEnd, after(now, announcedBefore))
  const signsFrom = Math.min(announced, before(latest.notAfter, lastTokenLife))
  return keyFrom(known, now, instant(Math.max(now, signsFrom)))
}

function keyFrom(known: readonly number[], now: Instant, signsFrom: Instant): KeyTimes {
  return {
    kid: known.length === 0 ? 0 : (Math.max(...known) + 1) % kids,
    notBefore: before(now, clockSkew),
    signsFrom,
    notAfter: after(after(signsFrom, signingTerm), days(7)),
  }
}
