import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  bucketOfId,
  canonicalRow,
  dayOfId,
  digestColumns,
  idsOfDay,
} from '../../../src/domain/sync/digest-rows.ts'
import {
  addSums,
  digestOfDay,
  emptyBucket,
  hexOfSum,
  negatedSum,
  sumOfHex,
  withoutRow,
  withRow,
  type Bucket,
} from '../../../src/domain/sync/digest.ts'
import {
  differingBuckets,
  differingDays,
  differingKeys,
  repairOf,
} from '../../../src/domain/sync/digest-compare.ts'
import { digestVectors, testHashText } from './digest-vectors.ts'

const file = new URL('../../../vectors/digest.json', import.meta.url)
type Vectors = ReturnType<typeof digestVectors>

/** A Merkle root is 511 hashes: a few dozen days say what a hundred would. */
const someDays = { numRuns: 25 }

type Fill = { readonly key: string; readonly grams: number }

const fill: fc.Arbitrary<Fill> = fc.record({
  key: fc.uuid({ version: 7 }),
  grams: fc.integer({ min: 0, max: 400_000 }),
})
const fills = fc.uniqueArray(fill, { selector: ({ key }) => key, minLength: 1, maxLength: 60 })

function hashOf({ key, grams }: Fill): Uint8Array {
  const totals = { totaliser_before_grams: 0, totaliser_after_grams: grams }
  return testHashText(canonicalRow('fills', key, { end: 'settled', position: 1, grams, ...totals }))
}

function bucketsOf(rows: readonly Fill[]): Map<number, Bucket> {
  const buckets = new Map<number, Bucket>()
  for (const row of rows) add(buckets, row)
  return buckets
}

function add(buckets: Map<number, Bucket>, row: Fill): void {
  const at = bucketOfId(row.key)
  buckets.set(at, withRow(buckets.get(at) ?? emptyBucket, hashOf(row)))
}

const rootOf = (rows: readonly Fill[]): string => digestOfDay(1, bucketsOf(rows), testHashText).root

function told(rows: readonly Fill[]) {
  const buckets = bucketsOf(rows)
  return Array.from({ length: 256 }, (_, at) => {
    const { n, sum } = buckets.get(at) ?? emptyBucket
    return { n, sum: hexOfSum(sum) }
  })
}

describe('digest', () => {
  it('the file holds exactly what the code makes (renew with vitest -u)', async () => {
    await expect(`${JSON.stringify(digestVectors(), null, 2)}\n`).toMatchFileSnapshot(file.pathname)
  })

  it('the file hashes are SHA-256 of the texts beside them, and no two texts are one', () => {
    const { valid, invalid } = JSON.parse(readFileSync(file, 'utf8')) as Vectors
    for (const { text, hash } of valid) {
      expect(createHash('sha256').update(text).digest('hex')).toBe(hash)
    }
    for (const { first, second } of invalid) expect(first).not.toBe(second)
  })

  it('columns are sorted, so that nobody has to agree on an order', () => {
    for (const columns of Object.values(digestColumns)) expect(columns).toEqual([...columns].sort())
  })

  it('a number that is no integer is a bug and not a row', () => {
    const row = { amount_paise: 1.5, by: 'a', method: 'cash' }
    expect(() => canonicalRow('payments', 'k', row)).toThrow()
  })

  it('the order in which rows come does not matter', () => {
    fc.assert(
      fc.property(fills, fc.nat(), (rows, turn) => {
        const at = turn % rows.length
        const turned = [...rows.slice(at), ...rows.slice(0, at)].reverse()
        expect(rootOf(turned)).toBe(rootOf(rows))
      }),
      someDays,
    )
  })

  it('an update is a removal and an addition', () => {
    fc.assert(
      fc.property(fills, fc.nat(), fc.integer({ min: 0, max: 400_000 }), (rows, which, grams) => {
        const at = which % rows.length
        const old = rows[at] as Fill
        const fresh = { ...old, grams }
        const buckets = bucketsOf(rows)
        const bucket = bucketOfId(old.key)
        buckets.set(bucket, withoutRow(buckets.get(bucket) ?? emptyBucket, hashOf(old)))
        add(buckets, fresh)
        const updated = rows.map((row, index) => (index === at ? fresh : row))
        expect(digestOfDay(1, buckets, testHashText).root).toBe(rootOf(updated))
      }),
      someDays,
    )
  })

  it('one flipped bit changes the root and is found in three steps', () => {
    fc.assert(
      fc.property(fills, fc.nat(), fc.integer({ min: 0, max: 18 }), (rows, which, bit) => {
        const at = which % rows.length
        const flipped = rows.map((row, index) =>
          index === at ? { ...row, grams: row.grams ^ (1 << bit) } : row,
        )
        const key = rows[at]?.key ?? ''
        const [ours, theirs] = [rows, flipped].map((side) =>
          digestOfDay(1, bucketsOf(side), testHashText),
        )
        expect(differingDays([ours as never], [theirs as never])).toEqual([1])
        const [bucket, ...more] = differingBuckets(told(rows), told(flipped))
        expect([bucket, more]).toEqual([bucketOfId(key), []])
        const keys = [rows, flipped].map((side) =>
          side
            .filter((row) => bucketOfId(row.key) === bucket)
            .map((row) => ({ key: row.key, hash: hexOfSum(hashOf(row)) })),
        )
        const found = differingKeys(keys[0] ?? [], keys[1] ?? [])
        expect(found.map((difference) => difference.key)).toEqual([key])
      }),
      someDays,
    )
  })

  it('sums are those of the integers modulo 2^256', () => {
    const sum = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const big = (bytes: Uint8Array): bigint => BigInt(`0x${hexOfSum(bytes)}`)
    fc.assert(
      fc.property(sum, sum, (a, b) => {
        expect(big(addSums(a, b))).toBe((big(a) + big(b)) % 2n ** 256n)
        expect(addSums(a, negatedSum(a))).toEqual(emptyBucket.sum)
        expect(sumOfHex(hexOfSum(a))).toEqual(a)
      }),
    )
  })

  it('every id lies between the first and the last id of its day', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), (id) => {
        const { first, last } = idsOfDay(dayOfId(id))
        expect(first <= id && id <= last).toBe(true)
      }),
    )
  })

  it('a day that only one side names differs, unless it is empty there', () => {
    const empty = digestOfDay(3, new Map(), testHashText)
    const full = { ...empty, day: 4, n: 1 }
    expect(differingDays([empty, full], [])).toEqual([4])
    expect(differingDays([], [empty, full])).toEqual([4])
  })

  it('the op decides which side is wrong, and without it nobody is', () => {
    const between = { key: 'k', here: 'a', there: 'b' }
    expect(repairOf(between, 'a')).toEqual(['resend'])
    expect(repairOf(between, 'b')).toEqual(['rewrite-here'])
    expect(repairOf(between, 'c')).toEqual(['rewrite-here', 'resend'])
    expect(repairOf({ ...between, there: null }, 'a')).toEqual(['resend'])
    expect(repairOf(between, null)).toEqual([])
  })

  it('a key that one side tells twice differs', () => {
    const row = { key: 'k', hash: 'a' }
    expect(differingKeys([row], [row, row])).toHaveLength(1)
  })
})
