import { base45Of, bytesOfBase45 } from '../../src/codecs/base45.ts'
import { cborMap, cborOf, type CborValue } from '../../src/codecs/cbor.ts'
import { hexOf } from '../../src/codecs/hex.ts'
import { decodeToken, encodeToken, tokenPrefix, type TokenClaims } from '../../src/codecs/token.ts'
import { testPublicKey, testSigner, testVerify } from '../../src/testing/test-keys.ts'
import { grams } from '../../src/units/mass.ts'
import { paise } from '../../src/units/money.ts'
import { bookingId, stationNo } from '../../src/units/names.ts'
import { dayNumber, instant } from '../../src/units/time.ts'

const start = Date.parse('2026-11-22T08:40:00Z')
const halfHour = 1_800_000

/** The example of the design: an auto at station 57, 3.8 kg, pay at pump. */
export const plainClaims: TokenClaims = {
  station: stationNo(57),
  booking: bookingId('0192f3a4-5b6c-7d8e-9f01-23456789abcd'),
  notBefore: instant(start),
  expires: instant(start + halfHour),
  rev: 1,
  vehicleClass: 'auto',
  nozzle: 'ngv1',
  grams: grams(3800),
  prepaid: paise(0),
  maxUses: 1,
  plateTag: 'c0ffee42',
  retestDay: dayNumber(21_000),
}

/** The largest prepaid and the largest unpaid claims; both make exactly 140 bytes. */
export const largestPrepaid: TokenClaims = {
  ...plainClaims,
  station: stationNo(9_999),
  rev: 23,
  vehicleClass: 'lcv',
  nozzle: 'ngv2',
  grams: grams(65_535),
  prepaid: paise(0xffff_ffff),
  maxUses: 23,
  retestDay: dayNumber(65_535),
}
export const largestUnpaid: TokenClaims = {
  ...largestPrepaid,
  vehicleClass: 'bus',
  rev: 255,
  maxUses: 255,
  grams: grams(500_000),
  prepaid: paise(0),
}

const later = (ms: number): Partial<TokenClaims> => ({ expires: instant(start + ms) })

type Valid = { readonly name: string; readonly kid: number; readonly claims: TokenClaims }
const valid = (name: string, change: Partial<TokenClaims> = {}, kid = 7): Valid => ({
  name,
  kid,
  claims: { ...plainClaims, ...change },
})

const validTokens: readonly Valid[] = [
  valid('auto, pay at pump'),
  valid('car, prepaid', { vehicleClass: 'car', grams: grams(8_000), prepaid: paise(71_600) }),
  valid('light commercial vehicle', { vehicleClass: 'lcv', nozzle: 'ngv2', grams: grams(14_500) }),
  valid('bus, pay at pump, 120 kg', {
    vehicleClass: 'bus',
    nozzle: 'ngv2',
    grams: grams(120_000),
  }),
  valid('lowest cloud key', {}, 0),
  valid('highest cloud key', {}, 127),
  valid('first station key', {}, 128),
  valid('highest one-byte kid', {}, 255),
  valid('lowest two-byte kid', {}, 256),
  valid('highest kid', {}, 65_535),
  valid('revision 2 after a re-time', { rev: 2 }),
  valid('revision of two bytes', { rev: 24 }),
  valid('fleet pass of five uses', { maxUses: 5 }),
  valid('pass of forty uses', { maxUses: 40 }),
  valid('extended by the station delay', later(halfHour + 900_000)),
  valid('extended to s+60', later(2 * halfHour)),
  valid('station of one digit', { station: stationNo(3) }),
  valid('no re-test day known', { retestDay: dayNumber(0) }),
  { name: 'largest prepaid', kid: 7, claims: largestPrepaid },
  { name: 'largest unpaid', kid: 7, claims: largestUnpaid },
]

const keyLabel = (kid: number): string => `kid ${kid}`
const token = (claims: TokenClaims, kid = 7): string => encodeToken(claims, testSigner(kid))
const bytesOf = (text: string): Uint8Array =>
  bytesOfBase45(text.slice(tokenPrefix.length)) ?? new Uint8Array()
const textOf = (bytes: Iterable<number>): string => tokenPrefix + base45Of(Uint8Array.from(bytes))

const good = token(plainClaims)
const goodBytes = [...bytesOf(good)]

function flipped(byteAt: number, bit: number): string {
  return textOf(goodBytes.map((byte, i) => (i === byteAt ? byte ^ (1 << bit) : byte)))
}

/** A COSE_Sign1 of any parts, honestly signed, so that only the form can be what is refused. */
function signedParts(header: Uint8Array, payload: Uint8Array): string {
  const message = cborOf(['Signature1', header, new Uint8Array(), payload])
  return textOf(cborOf([header, cborMap([]), payload, testSigner(7).sign(message)]))
}
const header = (alg: number): Uint8Array =>
  cborOf(
    cborMap([
      [1, alg],
      [4, Uint8Array.of(7)],
    ]),
  )
const eddsa = header(-8)
const uuid = new Uint8Array(16).fill(9)
const details: readonly CborValue[] = [1, 0, 0, 3800, 0, 1, new Uint8Array(4), 21_000]
const seconds = start / 1000
type Parts = { aud?: CborValue; nbf?: CborValue; cti?: CborValue; own?: CborValue }
function payload({ aud = '57', nbf = seconds, cti = uuid, own = details }: Parts = {}): Uint8Array {
  return cborOf(
    cborMap([
      [3, aud],
      [4, seconds + 1800],
      [5, nbf],
      [7, cti],
      [-65_537, own],
    ]),
  )
}
const spliced = (bytes: Uint8Array, at: number, put: readonly number[]): Uint8Array =>
  Uint8Array.from([...bytes.slice(0, at), ...put, ...bytes.slice(at + 1)])
const withKey = (key: number): Uint8Array => {
  const entries: [number, CborValue][] = [
    [3, '57'],
    [4, seconds + 1800],
    [5, seconds],
    [7, uuid],
  ]
  return cborOf(cborMap([...entries, [key, details]]))
}
const doubleAudience = (): Uint8Array => {
  const once = payload()
  return Uint8Array.from([0xa6, ...once.slice(1, 5), ...once.slice(1)])
}
const detail = (at: number, value: CborValue): Uint8Array =>
  payload({ own: details.map((old, i) => (i === at ? value : old)) })

type Invalid = readonly [name: string, text: string]
const invalidTokens: readonly Invalid[] = [
  ['empty text', ''],
  ['prefix alone', tokenPrefix],
  ['wrong prefix', good.replace('BAARI1:', 'BAARI2:')],
  ['lower case', good.toLowerCase()],
  ['lower case after the prefix', tokenPrefix + good.slice(7).toLowerCase()],
  ['cut by one character', good.slice(0, -1)],
  ['cut by one group', good.slice(0, -3)],
  ['cut in half', good.slice(0, good.length / 2)],
  ['a character outside base45', `${good.slice(0, 20)}#${good.slice(21)}`],
  ['a base45 group above 65,535', `${good.slice(0, 7)}:::${good.slice(10)}`],
  ['one trailing byte', textOf([...goodBytes, 0])],
  ['over 140 bytes', textOf([...goodBytes, ...new Array<number>(141 - goodBytes.length).fill(0)])],
  ['one bit of the signature flipped', flipped(goodBytes.length - 1, 0)],
  ['one bit of the booking id flipped', flipped(37, 3)],
  ['one bit of the array head flipped', flipped(0, 4)],
  ['alg ES256 instead of EdDSA', signedParts(header(-7), payload())],
  [
    'kid with a leading zero byte',
    signedParts(Uint8Array.from([0xa2, 1, 0x27, 4, 0x42, 0, 7]), payload()),
  ],
  ['kid missing', signedParts(cborOf(cborMap([[1, -8]])), payload())],
  ['tagged as COSE_Sign1', textOf([0xd2, ...goodBytes])],
  ['signature of 63 bytes', textOf(cborOf([eddsa, cborMap([]), payload(), new Uint8Array(63)]))],
  [
    'unprotected header',
    textOf(cborOf([eddsa, cborMap([[4, uuid]]), payload({ own: 1 }), new Uint8Array(64)])),
  ],
  ['date in 64 bits', signedParts(eddsa, spliced(payload(), 6, [0x1b, 0, 0, 0, 0]))],
  ['revision in a longer form', signedParts(eddsa, spliced(payload(), 41, [0x18, 1]))],
  [
    'indefinite-length map',
    signedParts(eddsa, Uint8Array.from([0xbf, ...payload().slice(1), 0xff])),
  ],
  ['audience twice', signedParts(eddsa, doubleAudience())],
  ['keys out of order', signedParts(eddsa, spliced(spliced(payload(), 5, [5]), 11, [4]))],
  ['an unknown claim key', signedParts(eddsa, withKey(8))],
  ['audience as a number', signedParts(eddsa, payload({ aud: 57 }))],
  ['audience with a leading zero', signedParts(eddsa, payload({ aud: '057' }))],
  ['audience zero', signedParts(eddsa, payload({ aud: '0' }))],
  ['booking id of 15 bytes', signedParts(eddsa, payload({ cti: new Uint8Array(15) }))],
  ['window after its expiry', signedParts(eddsa, payload({ nbf: seconds + 1800 }))],
  ['negative window start', signedParts(eddsa, payload({ nbf: -1 }))],
  ['unknown vehicle class', signedParts(eddsa, detail(1, 4))],
  ['unknown nozzle', signedParts(eddsa, detail(2, 2))],
  ['no grams', signedParts(eddsa, detail(3, 0))],
  ['grams above 500 kg', signedParts(eddsa, detail(3, 500_001))],
  ['no uses', signedParts(eddsa, detail(5, 0))],
  ['plate tag of three bytes', signedParts(eddsa, detail(6, new Uint8Array(3)))],
  ['seven details', signedParts(eddsa, payload({ own: details.slice(1) }))],
  ['signed by another key', encodeToken(plainClaims, { ...testSigner(8), kid: 7 })],
  ['a key nobody published', token(plainClaims, 99)],
]

const publishedKids = [...new Set(validTokens.map(({ kid }) => kid))]

/** What a reader holding the published keys says: `verified`, or the code of its no. */
export function verdictOn(text: string): string {
  const decoded = decodeToken(text)
  if (!decoded.ok) return decoded.error.code
  const { kid } = decoded.value
  if (!publishedKids.includes(kid)) return 'unknown_key'
  return testVerify(testPublicKey(keyLabel(kid)), decoded.value) ? 'verified' : 'bad_signature'
}

function detailOn(text: string): string {
  const decoded = decodeToken(text)
  return decoded.ok ? 'structure is intact' : decoded.error.detail
}

/** Everything `vectors/token.json` holds. */
export function tokenVectors() {
  return {
    about:
      'Test vectors of the QR token. Keys are TEST keys: the Ed25519 seed is SHA-256 of ' +
      '"baari test key: kid <n>". Dates are milliseconds, grams and paise whole numbers.',
    keys: publishedKids.map((kid) => ({ kid, publicKey: testPublicKey(keyLabel(kid)) })),
    valid: validTokens.map(({ name, kid, claims }) => {
      const text = token(claims, kid)
      return { name, kid, claims, coseHex: hexOf(bytesOf(text)), text }
    }),
    invalid: invalidTokens.map(([name, text]) => ({
      name,
      text,
      expected: verdictOn(text),
      detail: detailOn(text),
    })),
  }
}
