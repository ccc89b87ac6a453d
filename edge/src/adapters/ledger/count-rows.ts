import { bucketOfId, dayOfId, dayOfMs, type DigestSet } from '@baari/shared/domain/sync/digest-rows'
import { emptyBucket, withRow, type Bucket } from '@baari/shared/domain/sync/digest'
import { istDayStart } from '@baari/shared/units/ist-calendar'
import { idsOfDay } from '@baari/shared/domain/sync/digest-rows'
import { dayNumber } from '@baari/shared/units/time'
import { rowHash } from './digest-functions.ts'
import { digestSources } from './digest-sources.ts'
import type { Sqlite } from './open-database.ts'

/** Buckets of each day by their number. */
export type CountedDays = ReadonlyMap<number, ReadonlyMap<number, Bucket>>

type Value = string | number | null

/**
 * Buckets made from the rows themselves, of one day or of all. Row by row in this language and not
 * by SQL functions: calling out of SQL three times a row took longer than hashing it.
 */
export function countRows(sqlite: Sqlite, set: DigestSet, day?: number): CountedDays {
  const days = new Map<number, Map<number, Bucket>>()
  for (const { key, day: on, hash } of hashedRows(sqlite, set, day)) {
    const buckets = days.get(on) ?? new Map<number, Bucket>()
    days.set(on, buckets)
    const at = bucketOfId(key)
    buckets.set(at, withRow(buckets.get(at) ?? emptyBucket, hash))
  }
  return days
}

export type HashedRow = { readonly key: string; readonly day: number; readonly hash: Uint8Array }

/** Every row of a set with its day and hash; `day` takes only the rows of one. */
export function* hashedRows(sqlite: Sqlite, set: DigestSet, day?: number): Iterable<HashedRow> {
  const { table, key, columns, where, dayBy, dayColumn } = digestSources[set]
  const picked = [key, dayColumn, ...columns].map((column) => `r.${column}`).join(', ')
  const span = day === undefined ? '' : ` AND r.${dayColumn} BETWEEN ? AND ?`
  const rows = sqlite
    .prepare<Value[], Value[]>(`SELECT ${picked} FROM ${table} r WHERE ${where('r')}${span}`)
    .raw()
  for (const [id, at, ...values] of rows.iterate(...spanOf(dayBy, day))) {
    const text = String(id)
    const on = dayBy === 'id' ? dayOfId(text) : dayOfMs(Number(at))
    yield { key: text, day: on, hash: rowHash(set, text, values) }
  }
}

function spanOf(dayBy: 'id' | 'time', day: number | undefined): readonly Value[] {
  if (day === undefined) return []
  if (dayBy === 'time') {
    const [start, end] = [day, day + 1].map((no) => istDayStart(dayNumber(no)))
    return [start ?? 0, (end ?? 0) - 1]
  }
  const { first, last } = idsOfDay(day)
  return [first, last]
}

/** Writes counted buckets; those of the same days must be gone before. */
export function storeBuckets(sqlite: Sqlite, set: DigestSet, days: CountedDays): void {
  const insert = sqlite.prepare(
    'INSERT INTO day_bucket (set_name, day, bucket, n, sum) VALUES (?, ?, ?, ?, ?)',
  )
  for (const [day, buckets] of days) {
    for (const [at, { n, sum }] of buckets) insert.run(set, day, at, n, sum)
  }
}
