import { assert } from '../faults/assert.ts'
import type { Grams } from '../units/mass.ts'
import { grams as gramsOf } from '../units/mass.ts'
import type { Paise } from '../units/money.ts'
import { paise as paiseOf } from '../units/money.ts'
import type { BookingId, NozzleType, StationNo, VehicleClass } from '../units/names.ts'
import { bookingId, nozzleTypes, stationNo, vehicleClasses } from '../units/names.ts'
import type { DayNumber, Instant } from '../units/time.ts'
import { dayNumber, instant } from '../units/time.ts'
import {
  cborMap,
  cborOf,
  isArray,
  isMap,
  readCbor,
  type CborEntry,
  type CborValue,
} from './cbor.ts'
import { bytesOfHex, hexOf, sameBytes, uuidOf } from './hex.ts'

/** What a token promises. Early or late is a verdict of the reader, never a signature failure. */
export type TokenClaims = {
  readonly station: StationNo
  readonly booking: BookingId
  /** Window start *s*; whole seconds, as all CWT dates here. */
  readonly notBefore: Instant
  readonly expires: Instant
  /** Revision of the booking this token belongs to; lower ones are superseded. */
  readonly rev: number
  readonly vehicleClass: VehicleClass
  readonly nozzle: NozzleType
  readonly grams: Grams
  /** Paise already paid; 0 is pay at pump or a fleet bill. */
  readonly prepaid: Paise
  readonly maxUses: number
  /** First four bytes of HMAC-SHA256(booking id, normalised plate) as eight hex digits. */
  readonly plateTag: string
  /** Last day on which the cylinder may be filled. */
  readonly retestDay: DayNumber
}

/** CWT claim keys (RFC 8392 section 4) and our private one below -65536. */
const claim = { aud: 3, exp: 4, nbf: 5, cti: 7, baari: -65_537 } as const

/** Largest values a token carries; the least are in `inRange`. */
export const claimLimits = {
  station: 9_999,
  rev: 255,
  grams: 500_000,
  prepaidPaise: 0xffff_ffff,
  maxUses: 255,
  retestDay: 0xffff,
  seconds: 0xffff_ffff,
} as const

/** True when every claim lies in its range and no date has a fraction of a second. */
export function inRange(claims: TokenClaims): boolean {
  return (
    between(claims.station, 1, claimLimits.station) &&
    datesInRange(claims) &&
    between(claims.rev, 0, claimLimits.rev) &&
    between(claims.grams, 1, claimLimits.grams) &&
    between(claims.prepaid, 0, claimLimits.prepaidPaise) &&
    between(claims.maxUses, 1, claimLimits.maxUses) &&
    between(claims.retestDay, 0, claimLimits.retestDay) &&
    /^[0-9a-f]{8}$/.test(claims.plateTag)
  )
}

function datesInRange({ notBefore, expires }: TokenClaims): boolean {
  return (
    between(notBefore / 1000, 0, claimLimits.seconds) &&
    between(expires / 1000, 0, claimLimits.seconds) &&
    notBefore < expires
  )
}

function between(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high
}

/** The CWT payload in deterministic CBOR. Claims out of range are a bug of the seller. */
export function payloadOf(claims: TokenClaims): Uint8Array {
  assert(inRange(claims), 'token claims lie in their ranges')
  const uuid = bytesOfHex(claims.booking.replaceAll('-', ''))
  const plateTag = bytesOfHex(claims.plateTag)
  assert(uuid?.length === 16 && plateTag?.length === 4, 'ids and tags are hex')
  return cborOf(
    cborMap([
      [claim.aud, String(claims.station)],
      [claim.exp, claims.expires / 1000],
      [claim.nbf, claims.notBefore / 1000],
      [claim.cti, uuid],
      [
        claim.baari,
        [
          claims.rev,
          vehicleClasses.indexOf(claims.vehicleClass),
          nozzleTypes.indexOf(claims.nozzle),
          claims.grams,
          claims.prepaid,
          claims.maxUses,
          plateTag,
          claims.retestDay,
        ],
      ],
    ]),
  )
}

/** The claims of a payload, or what is wrong with it. Exactly one payload spells each claim set. */
export function readPayload(bytes: Uint8Array): TokenClaims | string {
  const value = readCbor(bytes)
  if (!isMap(value)) return 'payload is not a map in deterministic CBOR'
  if (!areOurs(value.entries)) return 'claims differ from ours'
  const claims = claimsOf(value.entries)
  if (claims === undefined) return 'a claim has the wrong type'
  if (!inRange(claims)) return 'a claim is out of range'
  return sameBytes(payloadOf(claims), bytes) ? claims : 'payload has another spelling'
}

const ours: readonly number[] = [claim.aud, claim.exp, claim.nbf, claim.cti, claim.baari]

function areOurs(entries: readonly CborEntry[]): boolean {
  return entries.length === ours.length && entries.every(([key], i) => key === ours[i])
}

function claimsOf(entries: readonly CborEntry[]): TokenClaims | undefined {
  const [aud, exp, nbf, cti, own] = entries.map(([, value]) => value)
  const station = stationOf(aud)
  const booking = bookingOf(cti)
  const details = detailsOf(own)
  if (station === undefined || booking === undefined || details === undefined) return undefined
  if (!isCount(exp) || !isCount(nbf)) return undefined
  return {
    station,
    booking,
    notBefore: instant(nbf * 1000),
    expires: instant(exp * 1000),
    ...details,
  }
}

type Details = Omit<TokenClaims, 'station' | 'booking' | 'notBefore' | 'expires'>

function detailsOf(value: CborValue | undefined): Details | undefined {
  if (!isArray(value) || value.length !== 8) return undefined
  const tag = value[6]
  const counts = value.filter(isCount)
  if (counts.length !== 7 || !(tag instanceof Uint8Array) || tag.length !== 4) return undefined
  const at = (index: number): number => counts[index] ?? 0
  const vehicleClass = vehicleClasses[at(1)]
  const nozzle = nozzleTypes[at(2)]
  if (vehicleClass === undefined || nozzle === undefined) return undefined
  return {
    rev: at(0),
    vehicleClass,
    nozzle,
    grams: gramsOf(at(3)),
    prepaid: paiseOf(at(4)),
    maxUses: at(5),
    plateTag: hexOf(tag),
    retestDay: dayNumber(at(6)),
  }
}

function isCount(value: CborValue | undefined): value is number {
  return typeof value === 'number' && value >= 0
}

function stationOf(value: CborValue | undefined): StationNo | undefined {
  return typeof value === 'string' && /^[1-9][0-9]{0,3}$/.test(value)
    ? stationNo(Number(value))
    : undefined
}

function bookingOf(value: CborValue | undefined): BookingId | undefined {
  if (!(value instanceof Uint8Array) || value.length !== 16) return undefined
  return bookingId(uuidOf(value))
}
