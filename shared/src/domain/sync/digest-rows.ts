import { assert } from '../../faults/assert.ts'

/**
 * What both sides hold of a row and can compare (sync.md section 7.2). Columns that only one side
 * has are left out on purpose: times the cloud corrects by a station's clock, moments of receipt,
 * texts for people that are erased after a while, and whatever a seller keeps for himself.
 */
export const digestSets = ['bookings', 'fills', 'sales', 'payments'] as const
export type DigestSet = (typeof digestSets)[number]

/** Columns of each set in the order they are hashed in, which is the alphabet's. */
export const digestColumns = {
  /** Every booking of the station as the shape carries it; author: whoever sold it. */
  bookings: [
    'blocked_reason',
    'code',
    'expires_ms',
    'grams',
    'lanes',
    'max_entries',
    'max_uses',
    'nozzle',
    'paid_paise',
    'payment_mode',
    'plate',
    'retest_day',
    'rev',
    'state',
    'under_review',
    'vehicle_class',
    'window_start_ms',
  ],
  /** How each fill ended, in mass; a voided one has none. Author: the station. */
  fills: ['end', 'grams', 'position', 'totaliser_after_grams', 'totaliser_before_grams'],
  /** What a settled fill was sold for, and to whom. Author: the station. */
  sales: ['amount_paise', 'booking', 'price_paise_per_kg', 'recovered', 'ticket'],
  /** What was taken for a fill at the pump. Author: the station. */
  payments: ['amount_paise', 'by', 'method'],
} as const satisfies Record<DigestSet, readonly string[]>

export type DigestValue = string | number | null
export type DigestRow<S extends DigestSet> = {
  readonly [C in (typeof digestColumns)[S][number]]: DigestValue
}

/** SHA-256 of a text's UTF-8 bytes, given by the caller. */
export type HashText = (text: string) => Uint8Array

/** Raised when the form of a row changes: both sides then count everything anew. */
export const digestForm = 1

/**
 * The one text a row is hashed as: set, key and every column in order, each with its length in
 * characters, so that no two different rows have the same text. Integers are decimal, truth is 0 or
 * 1, and a missing value is `-`, which no text can be because texts carry their length.
 */
export function canonicalRow<S extends DigestSet>(set: S, key: string, row: DigestRow<S>): string {
  const columns: readonly (keyof DigestRow<S> & string)[] = digestColumns[set]
  let text = `baari-digest/${digestForm}|${set}|${key}\n`
  for (const column of columns) text += `${column}:${valueText(row[column])}\n`
  return text
}

function valueText(value: DigestValue): string {
  if (value === null) return '-'
  if (typeof value === 'string') return `${characters(value)}:${value}`
  assert(Number.isSafeInteger(value), 'a digest holds integers only')
  const text = String(value)
  return `${text.length}:${text}`
}

/** Unicode characters, as PostgreSQL's char_length counts them. */
function characters(text: string): number {
  let pairs = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 && code < 0xdc00) pairs += 1
  }
  return text.length - pairs
}

const istOffsetMs = 19_800_000
const dayMs = 86_400_000

/**
 * The IST day on which a UUIDv7 was made, read from the id itself: both sides hold the same id, so
 * that no clock and no correction of a clock can put one row on two days.
 */
export function dayOfId(uuid: string): number {
  const madeAtMs = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)
  return Math.floor((madeAtMs + istOffsetMs) / dayMs)
}

/** The IST day an instant in milliseconds lies in. */
export function dayOfMs(atMs: number): number {
  return Math.floor((atMs + istOffsetMs) / dayMs)
}

const lastMadeAtMs = 2 ** 48 - 1

/** The smallest and the greatest id that can belong to a day; both included. */
export function idsOfDay(day: number): { readonly first: string; readonly last: string } {
  const startMs = day * dayMs - istOffsetMs
  const [first, last] = [startMs, startMs + dayMs - 1].map(idTime)
  return { first: `${first}-0000-0000-000000000000`, last: `${last}-ffff-ffff-ffffffffffff` }
}

function idTime(ms: number): string {
  const hex = Math.min(Math.max(0, ms), lastMadeAtMs).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}

/** One of 256 buckets: the last byte of the id, which is random. */
export function bucketOfId(uuid: string): number {
  return Number.parseInt(uuid.slice(-2), 16)
}
