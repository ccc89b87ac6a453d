import { assert } from '../faults/assert.ts'
import { badMessage, type BadMessage } from '../faults/no.ts'
import { err, ok, type Result } from '../faults/result.ts'
import { isoDate, istDay, istDayStart } from '../units/ist-calendar.ts'
import { foldDigits } from '../units/numerals.ts'
import { dayNumber, type DayNumber, type Instant } from '../units/time.ts'
import { dammDigit, dammHolds } from './damm.ts'

/** HMAC-SHA256 and HKDF-SHA256 (32 bytes out, empty salt), given by the caller. */
export type CodeMac = {
  hmac(key: Uint8Array, message: Uint8Array): Uint8Array
  hkdf(key: Uint8Array, info: string): Uint8Array
}

/** Which code of a station's day: the five-minute slot of the window start and a count in it. */
export type CodePlace = {
  /** IST date of the window start. */
  readonly day: DayNumber
  /** Slot of the day, 0-287. */
  readonly slot: number
  /** 0-22 sold by the cloud, 23-33 by the station: each side counts without asking the other. */
  readonly n: number
}

export const slotsPerDay = 288
export const codesPerSlot = 34
const half = 10_000
const rounds = 4
const yesterdayUntilMs = 2 * 3_600_000
/** Nine digits with a separator after each, and some: a longer text is no code. */
const maxTextLength = 32
const separators = /[\s.\u00ad\u2010-\u2015\u2212-]/gu

/** Nine ASCII digits: the permuted (counter, tag) and a Damm digit. */
export function encodeShortCode(place: CodePlace, kStation: Uint8Array, mac: CodeMac): string {
  const { slot, n } = place
  assert(Number.isInteger(slot) && slot >= 0 && slot < slotsPerDay, 'slot of the day is 0-287')
  assert(Number.isInteger(n) && n >= 0 && n < codesPerSlot, 'a slot has codes 0-33')
  const key = dayKey(place.day, kStation, mac)
  const counter = slot * codesPerSlot + n
  const [left, right] = permuted([counter, tagOf(counter, key, mac)], key, mac)
  const digits = fourDigits(left) + fourDigits(right)
  return digits + dammDigit(digits)
}

/**
 * Nine ASCII digits of what a person typed: spaces, dashes, dots and the digits of our five
 * languages are folded. `bad_checksum` is a typing error, told apart so that it counts no strike.
 */
export function checkShortCode(text: string): Result<string, BadMessage> {
  if (text.length > maxTextLength) return err(badMessage('malformed', 'too long for a code'))
  const digits = foldDigits(text).replaceAll(separators, '')
  if (!/^[0-9]{9}$/.test(digits)) return err(badMessage('malformed', 'not nine digits'))
  return dammHolds(digits) ? ok(digits) : err(badMessage('bad_checksum', 'check digit differs'))
}

/**
 * The place a checked code names on `day`, or undefined when its tag is wrong for that day. The
 * caller asks for today and, until 02:00, for yesterday.
 */
export function readShortCode(
  digits: string,
  day: DayNumber,
  keys: { readonly kStation: Uint8Array; readonly mac: CodeMac },
): CodePlace | undefined {
  assert(/^[0-9]{9}$/.test(digits), 'a code is checked before it is read')
  if (!dammHolds(digits)) return undefined
  const key = dayKey(day, keys.kStation, keys.mac)
  const halves: Halves = [Number(digits.slice(0, 4)), Number(digits.slice(4, 8))]
  const [counter, tag] = restored(halves, key, keys.mac)
  if (counter >= slotsPerDay * codesPerSlot) return undefined
  if (tag !== tagOf(counter, key, keys.mac)) return undefined
  return { day, slot: Math.floor(counter / codesPerSlot), n: counter % codesPerSlot }
}

/** The days a code may belong to at `now`: today and, until 02:00 IST, yesterday. */
export function codeDays(now: Instant): readonly DayNumber[] {
  const today = istDay(now)
  return now - istDayStart(today) < yesterdayUntilMs ? [today, dayNumber(today - 1)] : [today]
}

/** `4821-0937-9`, as printed and sent. */
export function shortCodeText(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`
}

/** Both halves of the code, each 0-9999. */
export type Halves = readonly [number, number]

/** Four Feistel rounds by addition modulo 10^4: a permutation of the hundred million pairs. */
export function permuted(halves: Halves, key: Uint8Array, mac: CodeMac): Halves {
  let [left, right] = halves
  for (let round = 1; round <= rounds; round += 1) {
    ;[left, right] = [right, (left + roundValue(round, right, { key, mac })) % half]
  }
  return [left, right]
}

/** Undoes `permuted`. */
export function restored(halves: Halves, key: Uint8Array, mac: CodeMac): Halves {
  let [left, right] = halves
  for (let round = rounds; round >= 1; round -= 1) {
    ;[left, right] = [(right - roundValue(round, left, { key, mac }) + half) % half, left]
  }
  return [left, right]
}

type Keyed = { readonly key: Uint8Array; readonly mac: CodeMac }

function roundValue(round: number, value: number, { key, mac }: Keyed): number {
  return moduloHalf(mac.hmac(key, asciiBytes(`feistel/${round}/${fourDigits(value)}`)))
}

function dayKey(day: DayNumber, kStation: Uint8Array, mac: CodeMac): Uint8Array {
  return mac.hkdf(kStation, `code/${isoDate(day)}`)
}

function tagOf(counter: number, key: Uint8Array, mac: CodeMac): number {
  return moduloHalf(mac.hmac(key, asciiBytes(String(counter))))
}

/** The bytes as one big-endian number modulo 10^4. */
function moduloHalf(bytes: Uint8Array): number {
  return bytes.reduce((rest, byte) => (rest * 256 + byte) % half, 0)
}

function fourDigits(value: number): string {
  return String(value).padStart(4, '0')
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}
