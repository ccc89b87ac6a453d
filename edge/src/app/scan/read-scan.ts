import {
  checkShortCode,
  codeDays,
  readShortCode,
  type CodeMac,
  type CodePlace,
} from '@baari/shared/codecs/short-code'
import { decodeToken, tokenPrefix, type SignedToken } from '@baari/shared/codecs/token'
import { firstStationKid, keyFor, minimumRev, type KeySet } from '@baari/shared/domain/keys/key-set'
import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { ScanReading } from './scan-reading.ts'

/** Ed25519 (RFC 8032): whether `signature` is the key's over `message`. */
export type Verify = (key: {
  readonly publicKey: string
  readonly message: Uint8Array
  readonly signature: Uint8Array
}) => boolean

export type ReadScanDeps = {
  readonly station: StationNo
  readonly now: Instant
  /** Undefined before the first set arrived: then no token can be verified. */
  readonly keySet: KeySet | undefined
  readonly verify: Verify
  /** Undefined before enrolment: then no unsynced code can be proven. */
  readonly kStation: Uint8Array | undefined
  readonly mac: CodeMac
}

/**
 * Turns the text of a scan into a reading: the one door through which scans enter. Text that looks
 * like a token but cannot be decoded is unreadable at whatever length it was cut; one that decodes
 * and does not verify is forged.
 */
export function readScan(raw: string, deps: ReadScanDeps): ScanReading {
  const text = raw.trim()
  if (looksLikeToken(text)) return readToken(text, deps)
  const code = checkShortCode(text)
  if (code.ok) return { kind: 'code', digits: code.value, place: placeOf(code.value, deps) }
  if (code.error.code === 'bad_checksum') return { kind: 'unreadable' }
  return { kind: 'text', text }
}

function looksLikeToken(text: string): boolean {
  const capitals = text.toUpperCase()
  return capitals.startsWith(tokenPrefix) || tokenPrefix.startsWith(capitals)
}

function readToken(text: string, deps: ReadScanDeps): ScanReading {
  const decoded = decodeToken(text)
  if (!decoded.ok) return { kind: 'unreadable' }
  const token = decoded.value
  const { station, booking } = token.claims
  if (token.kid >= firstStationKid && station !== deps.station) return { kind: 'foreign', station }
  if (!isSigned(token, deps)) return { kind: 'forged' }
  const minRev = deps.keySet ? minimumRev(deps.keySet, booking) : 0
  return { kind: 'token', claims: token.claims, verified: true, minRev }
}

function isSigned(
  { kid, signed, signature }: SignedToken,
  { keySet, station, now, verify }: ReadScanDeps,
): boolean {
  if (!keySet) return false
  const key = keyFor(keySet, kid, { station, now })
  if (!key.ok) return false
  return verify({ publicKey: key.value.publicKey, message: signed, signature })
}

function placeOf(digits: string, { kStation, mac, now }: ReadScanDeps): CodePlace | null {
  if (!kStation) return null
  for (const day of codeDays(now)) {
    const place = readShortCode(digits, day, { kStation, mac })
    if (place) return place
  }
  return null
}
