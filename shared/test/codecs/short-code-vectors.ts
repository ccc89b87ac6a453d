import {
  checkShortCode,
  encodeShortCode,
  readShortCode,
  shortCodeText,
} from '../../src/codecs/short-code.ts'
import { hexOf } from '../../src/codecs/hex.ts'
import { dammDigit } from '../../src/codecs/damm.ts'
import { testCodeMac, testSeed } from '../../src/testing/test-keys.ts'
import { dayOfIsoDate } from '../../src/units/ist-calendar.ts'
import type { DayNumber } from '../../src/units/time.ts'

const keyLabel = 'station 57'
const kStation = testSeed(keyLabel)
const dayOf = (date: string): DayNumber => {
  const day = dayOfIsoDate(date)
  if (day === undefined) throw new Error(`${date} is a date`)
  return day
}

type Place = readonly [date: string, slot: number, n: number]
const places: readonly Place[] = [
  ['2026-11-22', 170, 0],
  ['2026-11-22', 170, 1],
  ['2026-11-22', 170, 22],
  ['2026-11-22', 170, 23],
  ['2026-11-22', 170, 33],
  ['2026-11-22', 171, 0],
  ['2026-11-22', 0, 0],
  ['2026-11-22', 0, 33],
  ['2026-11-22', 287, 0],
  ['2026-11-22', 287, 22],
  ['2026-11-22', 287, 33],
  ['2026-11-23', 170, 0],
  ['2026-11-23', 0, 0],
  ['2026-11-23', 287, 33],
  ['2027-01-01', 0, 0],
  ['2028-02-29', 144, 12],
  ['2026-12-31', 287, 33],
  ['2026-11-22', 60, 7],
  ['2026-11-22', 143, 11],
  ['2026-11-22', 216, 30],
]

const code = ([date, slot, n]: Place, key = kStation): string =>
  encodeShortCode({ day: dayOf(date), slot, n }, key, testCodeMac)
const sample = code(['2026-11-22', 170, 0])
const wrongDamm = sample.slice(0, 8) + String((Number(sample[8]) + 1) % 10)
const swapped = (text: string): string => {
  const at = Array.from(text).findIndex((digit, i) => i < 7 && digit !== text[i + 1])
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2)
}
/** The next code with a right check digit: a guess, not a typing error. */
const guess = (text: string, by: number): string => {
  const first = String((Number(text.slice(0, 8)) + by) % 100_000_000).padStart(8, '0')
  return first + dammDigit(first)
}

type Invalid = readonly [name: string, text: string, date?: string]
const invalidCodes: readonly Invalid[] = [
  ['empty', ''],
  ['eight digits', sample.slice(0, 8)],
  ['ten digits', `${sample}0`],
  ['eighteen digits', sample + sample],
  ['a letter', `${sample.slice(0, 4)}O${sample.slice(5)}`],
  ['a sign', `+${sample}`],
  ['a slash between the groups', `${sample.slice(0, 4)}/${sample.slice(4)}`],
  ['a decimal comma', `${sample.slice(0, 8)},${sample.slice(8)}`],
  ['a long text', `${sample}${' '.repeat(30)}`],
  ['bad Damm digit', wrongDamm],
  ['first digit wrong', String((Number(sample[0]) + 1) % 10) + sample.slice(1)],
  ['neighbours swapped', swapped(sample)],
  ['reversed', Array.from(sample).reverse().join('')],
  ['bad Damm digit in Devanagari', devanagari(wrongDamm)],
  ['guess one above', guess(sample, 1)],
  ['guess one below', guess(sample, 99_999_999)],
  ['guess ten thousand above', guess(sample, 10_000)],
  ['all zeros', '000000000'],
  ['the code of the next day', code(['2026-11-23', 170, 0])],
  ['yesterday asked as tomorrow', sample, '2026-11-23'],
  ['the code of another station', code(['2026-11-22', 170, 0], testSeed('station 58'))],
]

function devanagari(digits: string): string {
  return Array.from(digits, (digit) => String.fromCodePoint(0x0966 + Number(digit))).join('')
}

/** What a station says to a text on a day: the place, or the code of its no. */
export function verdictOn(text: string, date: string): string {
  const checked = checkShortCode(text)
  if (!checked.ok) return checked.error.code
  const place = readShortCode(checked.value, dayOf(date), { kStation, mac: testCodeMac })
  return place === undefined ? 'wrong_tag' : `slot ${place.slot} n ${place.n}`
}

/** Everything `vectors/short-code.json` holds. */
export function shortCodeVectors() {
  return {
    about:
      'Test vectors of the nine-digit code. kStation is a TEST key: SHA-256 of ' +
      '"baari test key: station 57". Dates are IST dates of the window start.',
    kStation: hexOf(kStation),
    valid: places.map((place) => {
      const [date, slot, n] = place
      const digits = code(place)
      const typed = [digits, shortCodeText(digits), devanagari(digits)]
      return { date, slot, n, digits, text: shortCodeText(digits), typed: typed[n % 3] ?? digits }
    }),
    invalid: invalidCodes.map(([name, text, date = '2026-11-22']) => ({
      name,
      text,
      date,
      expected: verdictOn(text, date),
    })),
  }
}
