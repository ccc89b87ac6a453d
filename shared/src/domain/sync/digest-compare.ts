import type { DayDigest } from './digest.ts'

/** A bucket as it is told: rows and the sum of their hashes in hex. */
export type ToldBucket = { readonly n: number; readonly sum: string }
export type ToldKey = { readonly key: string; readonly hash: string }

/** One row on which the two sides differ; null where a side has no such row. */
export type KeyDifference = {
  readonly key: string
  readonly here: string | null
  readonly there: string | null
}

/** Days whose roots differ; a day only one side names differs unless it is empty there. */
export function differingDays(
  here: readonly DayDigest[],
  there: readonly DayDigest[],
): readonly number[] {
  const ours = new Map(here.map((digest) => [digest.day, digest]))
  const theirs = new Map(there.map((digest) => [digest.day, digest]))
  const days = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b)
  return days.filter((day) => !sameDay(ours.get(day), theirs.get(day)))
}

function sameDay(a: DayDigest | undefined, b: DayDigest | undefined): boolean {
  if (a === undefined || b === undefined) return (a ?? b)?.n === 0
  return a.root === b.root && a.n === b.n && a.sum256 === b.sum256
}

/** Numbers of the buckets that differ; both lists are whole. */
export function differingBuckets(
  here: readonly ToldBucket[],
  there: readonly ToldBucket[],
): readonly number[] {
  return here.flatMap(({ n, sum }, at) => (there[at]?.n === n && there[at].sum === sum ? [] : [at]))
}

/** Rows that differ, in the order of their keys. A key told twice is as good as missing. */
export function differingKeys(
  here: readonly ToldKey[],
  there: readonly ToldKey[],
): readonly KeyDifference[] {
  const ours = byKey(here)
  const theirs = byKey(there)
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort()
  return keys.flatMap((key) => {
    const difference = { key, here: ours.get(key) ?? null, there: theirs.get(key) ?? null }
    return difference.here === difference.there ? [] : [difference]
  })
}

function byKey(rows: readonly ToldKey[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const { key, hash } of rows) {
    const before = map.get(key)
    map.set(key, before === undefined ? hash : `${before}+${hash}`)
  }
  return map
}

export type RepairStep = 'rewrite-here' | 'resend'

/**
 * Who is wrong about a row that differs. The op is the witness: it lies on both sides under one
 * hash chain, and a row of the station's is nothing but what its op said. `witness` is the hash of
 * the row the op tells of; null when no op of this row is held any more, and then a person decides.
 */
export function repairOf(
  { here, there }: KeyDifference,
  witness: string | null,
): readonly RepairStep[] {
  if (witness === null) return []
  const steps: RepairStep[] = []
  if (here !== witness) steps.push('rewrite-here')
  if (there !== witness) steps.push('resend')
  return steps
}
