import { assert } from '@baari/shared/faults/assert'
import {
  blockBegin,
  blockEnd,
  digitWord,
  hostBlock,
  isDigit,
  lrcNext,
  moneyDigits,
  type GilbarcoData,
  type GilbarcoReply,
  type GilbarcoTransaction,
  type GradeTotals,
} from './frames.ts'
import {
  presetFields,
  priceFields,
  totalsFields,
  transactionFields,
  type BlockField,
} from './tables.ts'

/** Totals of at most six grades. */
const gradesMax = 6
const gradeWords = totalsFields.reduce((words, { digits }) => words + 1 + digits, 0)
/** FF, the grades, FB, LRC, F0. */
export const longestBlock = 1 + gradesMax * gradeWords + 3

/** Low half of the two's complement of the sum of low half bytes, FF to FB inclusive. */
export function lrcOf(words: Uint8Array): number {
  let sum = 0
  for (const word of words) sum += word & 0x0f
  return -sum & 0x0f
}

/** Digits by field name, most significant first, as text. */
type Fields = ReadonlyMap<string, string>

/**
 * The block in exactly these words, or what is wrong with it. The LRC alone does not see a lost
 * digit 0, so the number of digits of every field is counted as well.
 */
export function readBlock(words: Uint8Array): GilbarcoReply | string {
  const body = checkedBody(words)
  if (typeof body === 'string') return body
  return body[0] === totalsFields[0]?.word ? readTotals(body) : readTransaction(body)
}

/** The words of a transaction or of totals. A count that does not fit its digits is a bug. */
export function blockBytes(
  reply: GilbarcoTransaction | Extract<GilbarcoReply, { kind: 'totals' }>,
): Uint8Array {
  const body =
    reply.kind === 'transaction'
      ? fieldWords(transactionFields, { ...reply })
      : reply.grades.flatMap((grade) => fieldWords(totalsFields, { ...grade }))
  return framed([blockBegin, ...body])
}

/** A block of the host: price or preset for the pump that listens. */
export function dataBytes(data: GilbarcoData): Uint8Array {
  const layout = data.kind === 'price' ? priceFields : presetFields
  return framed([blockBegin, hostBlock, ...fieldWords(layout, { ...data })])
}

/** The host's block in exactly these words, or what is wrong with it. */
export function readData(words: Uint8Array): GilbarcoData | string {
  const body = checkedBody(words)
  if (typeof body === 'string') return body
  if (body[0] !== hostBlock) return 'not a block of the host'
  const price = readFields(body.subarray(1), priceFields)
  if (typeof price !== 'string') {
    const gradeIndex = count(price, 'gradeIndex')
    return { kind: 'price', gradeIndex, priceCounts: count(price, 'priceCounts') }
  }
  const preset = readFields(body.subarray(1), presetFields)
  if (typeof preset === 'string') return preset
  return { kind: 'preset-amount', amountCounts: count(preset, 'amountCounts') }
}

/** Six digit words, least significant first; null when one is no decimal digit. */
export function readMoney(words: Uint8Array): number | null {
  const digits = digitsOf(words)
  return /^[0-9]+$/.test(digits) ? Number(digits) : null
}

export function moneyBytes(amountCounts: number): Uint8Array {
  return Uint8Array.from(digitWords(padded(amountCounts, moneyDigits)))
}

/** Words with the check value and the end behind them. */
function framed(words: readonly number[]): Uint8Array {
  const begun = [...words, lrcNext]
  return Uint8Array.of(...begun, digitWord | lrcOf(Uint8Array.from(begun)), blockEnd)
}

/** What lies between FF and FB of a block whose check value is right, or what is wrong. */
function checkedBody(words: Uint8Array): Uint8Array | string {
  const end = words.length - 3
  if (end < 1 || words[end] !== lrcNext) return 'no check value where it belongs'
  if (words[end + 1] !== (digitWord | lrcOf(words.subarray(0, end + 1)))) return 'check value'
  return words.subarray(1, end)
}

function readTransaction(body: Uint8Array): GilbarcoReply | string {
  const fields = readFields(body, transactionFields)
  if (typeof fields === 'string') return fields
  return {
    kind: 'transaction',
    identity: fields.get('identity') ?? '',
    grade: count(fields, 'grade'),
    priceCounts: count(fields, 'priceCounts'),
    volumeCounts: count(fields, 'volumeCounts'),
    amountCounts: count(fields, 'amountCounts'),
  }
}

function readTotals(body: Uint8Array): GilbarcoReply | string {
  if (body.length % gradeWords !== 0) return 'words of the totals'
  const grades: GradeTotals[] = []
  for (let at = 0; at < body.length; at += gradeWords) {
    const fields = readFields(body.subarray(at, at + gradeWords), totalsFields)
    if (typeof fields === 'string') return fields
    grades.push({
      grade: count(fields, 'grade'),
      volumeCounts: count(fields, 'volumeCounts'),
      amountCounts: count(fields, 'amountCounts'),
      firstPriceCounts: count(fields, 'firstPriceCounts'),
      secondPriceCounts: count(fields, 'secondPriceCounts'),
    })
  }
  return { kind: 'totals', grades }
}

function readFields(body: Uint8Array, layout: readonly BlockField[]): Fields | string {
  const fields = new Map<string, string>()
  let at = 0
  for (const { word, field, digits, decimal } of layout) {
    if (body[at] !== word) return `no control word ${hex(word)} where it belongs`
    const end = at + 1 + digits
    const own = body.subarray(at + 1, end)
    const next = body[end]
    if (own.length !== digits || !own.every(isDigit) || (next !== undefined && isDigit(next)))
      return `digits of ${hex(word)}`
    const text = digitsOf(own)
    if (decimal && !/^[0-9]*$/.test(text)) return `a digit of ${hex(word)} is no decimal`
    if (field !== undefined) fields.set(field, text)
    at = end
  }
  return at === body.length ? fields : 'words behind the last field'
}

function fieldWords(
  layout: readonly BlockField[],
  values: Readonly<Record<string, unknown>>,
): number[] {
  return layout.flatMap(({ word, field, digits }) => {
    if (field === undefined) return [word]
    const value = values[field]
    const text = typeof value === 'number' ? padded(value, digits) : String(value)
    assert(text.length === digits, `${field} must have ${digits} digits`)
    return [word, ...digitWords(text)]
  })
}

function digitsOf(words: Uint8Array): string {
  return Array.from(words, (word) => (word & 0x0f).toString(16))
    .toReversed()
    .join('')
}

function digitWords(text: string): number[] {
  return Array.from(text, (digit) => digitWord | Number.parseInt(digit, 16)).toReversed()
}

function padded(value: number, digits: number): string {
  const text = String(value).padStart(digits, '0')
  assert(
    Number.isSafeInteger(value) && value >= 0 && text.length === digits,
    `a count that does not fit ${digits} digits`,
  )
  return text
}

function count(fields: Fields, name: string): number {
  return Number(fields.get(name) ?? Number.NaN)
}

function hex(word: number): string {
  return word.toString(16).toUpperCase()
}
