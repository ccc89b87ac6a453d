import { assert } from '../../faults/assert.ts'
import type { HashText } from './digest-rows.ts'

/** Rows counted, and their hashes added up modulo 2^256: 32 bytes, big-endian. */
export type Bucket = { readonly n: number; readonly sum: Uint8Array }

export const bucketCount = 256
const sumBytes = 32

export const emptyBucket: Bucket = { n: 0, sum: new Uint8Array(sumBytes) }

/** a + b modulo 2^256. Addition forgets the order, so that both sides may apply in their own. */
export function addSums(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = new Uint8Array(sumBytes)
  let carry = 0
  for (let at = sumBytes - 1; at >= 0; at -= 1) {
    const digit = (a[at] ?? 0) + (b[at] ?? 0) + carry
    sum[at] = digit & 0xff
    carry = digit >> 8
  }
  return sum
}

/** 2^256 - a: adding it takes a away. */
export function negatedSum(a: Uint8Array): Uint8Array {
  const sum = new Uint8Array(sumBytes)
  let carry = 1
  for (let at = sumBytes - 1; at >= 0; at -= 1) {
    const digit = (~(a[at] ?? 0) & 0xff) + carry
    sum[at] = digit & 0xff
    carry = digit >> 8
  }
  return sum
}

export function withRow({ n, sum }: Bucket, hash: Uint8Array): Bucket {
  assert(hash.length === sumBytes, 'a row hash has 32 bytes')
  return { n: n + 1, sum: addSums(sum, hash) }
}

export function withoutRow({ n, sum }: Bucket, hash: Uint8Array): Bucket {
  assert(hash.length === sumBytes, 'a row hash has 32 bytes')
  return { n: n - 1, sum: addSums(sum, negatedSum(hash)) }
}

/** The buckets of one set and day by their number; a missing one is empty. */
export type DayBuckets = ReadonlyMap<number, Bucket>

export type DayDigest = {
  readonly day: number
  readonly n: number
  /** Lower-case hex. */
  readonly sum256: string
  readonly root: string
}

/**
 * A day in three words: how many rows, their sum, and the Merkle root over the 256 buckets. A leaf
 * is the hash of `baari-leaf/1|<bucket>|<n>|<sum>`, a node that of `baari-node/1|<left>|<right>`.
 */
export function digestOfDay(day: number, buckets: DayBuckets, hash: HashText): DayDigest {
  let n = 0
  let sum = emptyBucket.sum
  let level: string[] = []
  for (let at = 0; at < bucketCount; at += 1) {
    const bucket = buckets.get(at) ?? emptyBucket
    n += bucket.n
    sum = addSums(sum, bucket.sum)
    level.push(hexOfSum(hash(`baari-leaf/1|${at}|${bucket.n}|${hexOfSum(bucket.sum)}`)))
  }
  while (level.length > 1) level = parents(level, hash)
  return { day, n, sum256: hexOfSum(sum), root: level[0] ?? '' }
}

function parents(level: readonly string[], hash: HashText): string[] {
  const above: string[] = []
  for (let at = 0; at < level.length; at += 2) {
    above.push(hexOfSum(hash(`baari-node/1|${level[at]}|${level[at + 1]}`)))
  }
  return above
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function hexOfSum(sum: Uint8Array): string {
  let text = ''
  for (const byte of sum) text += digits[byte] ?? ''
  return text
}

/** Undefined unless the text is 64 lower-case hex digits. */
export function sumOfHex(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined
  return Uint8Array.from({ length: sumBytes }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  )
}
