import { digestColumns, type DigestSet } from '@baari/shared/domain/sync/digest-rows'

/** Where the rows of a set lie in this file; `r` stands for the row, such as `new` in a trigger. */
export type DigestSource = {
  readonly table: string
  /** Id that names the row on both sides. */
  readonly key: string
  /** Columns the hash is made of, in the order its function takes them. */
  readonly columns: readonly string[]
  readonly where: (r: string) => string
  /** SQL of the row's day, and the column by which rows of a day are found. */
  readonly day: (r: string) => string
  readonly dayBy: 'id' | 'time'
  readonly dayColumn: string
}

const always = (): string => 'true'
const madeOn =
  (key: string) =>
  (r: string): string =>
    `digest_day_of_id(${r}.${key})`

export const digestSources: { readonly [S in DigestSet]: DigestSource } = {
  bookings: {
    table: 'booking',
    key: 'id',
    columns: digestColumns.bookings,
    where: always,
    // dayOfMs in SQL: whole days since 1970 in UTC+05:30.
    day: (r) => `((${r}.window_start_ms + 19800000) / 86400000)`,
    dayBy: 'time',
    dayColumn: 'window_start_ms',
  },
  fills: {
    table: 'fill',
    key: 'id',
    columns: ['state', 'position', 'delivered_grams', 'opening_grams', 'latest_grams'],
    where: (r) => `${r}.state IN ('settled', 'voided', 'refused', 'dispute')`,
    day: madeOn('id'),
    dayBy: 'id',
    dayColumn: 'id',
  },
  sales: {
    table: 'fill',
    key: 'id',
    columns: ['amount_paise', 'booking', 'price_paise_per_kg', 'flag', 'ticket'],
    where: (r) => `${r}.state = 'settled'`,
    day: madeOn('id'),
    dayBy: 'id',
    dayColumn: 'id',
  },
  payments: {
    table: 'fill_payment',
    key: 'fill',
    columns: ['amount_paise', 'by', 'method'],
    where: always,
    day: madeOn('fill'),
    dayBy: 'id',
    dayColumn: 'fill',
  },
}

/** SQL of one row's hash. */
export function hashSql(set: DigestSet, r: string): string {
  const { key, columns } = digestSources[set]
  return `digest_${set}(${[key, ...columns].map((column) => `${r}.${column}`).join(', ')})`
}
