import { hash } from 'node:crypto'
import {
  bucketOfId,
  canonicalRow,
  dayOfId,
  digestSets,
  type DigestRow,
  type DigestSet,
  type DigestValue,
  type HashText,
} from '@baari/shared/domain/sync/digest-rows'
import { addSums, negatedSum } from '@baari/shared/domain/sync/digest'
import { digestSources } from './digest-sources.ts'
import type { Sqlite } from './open-database.ts'

export const sha256Text: HashText = (text) => hash('sha256', text, 'buffer')

/**
 * The digest's arithmetic for this connection's SQL. The file's own schema never names these
 * functions: a connection without them can still read and write every table.
 */
export function addDigestFunctions(sqlite: Sqlite): void {
  const pure = { deterministic: true } as const
  sqlite.function('digest_day_of_id', pure, (id: string) => dayOfId(id))
  sqlite.function('digest_bucket', pure, (id: string) => bucketOfId(id))
  sqlite.function('digest_add', pure, (a: Buffer, b: Buffer) => Buffer.from(addSums(a, b)))
  sqlite.function('digest_negated', pure, (a: Buffer) => Buffer.from(negatedSum(a)))
  for (const set of digestSets) {
    sqlite.function(`digest_${set}`, { ...pure, varargs: true }, (key: string, ...values: Values) =>
      rowHash(set, key, values),
    )
  }
}

/** Hash of a row from the values of its source's columns. */
export function rowHash(set: DigestSet, key: string, values: Values): Uint8Array {
  // Set and row come from one cell of the table, which the compiler cannot follow.
  return sha256Text(canonicalRow(set, key, rowOf[set](values) as never))
}

type Values = readonly DigestValue[]

const rowOf: { readonly [S in DigestSet]: (values: Values) => DigestRow<S> } = {
  bookings: bookingRow,
  fills: fillRow,
  sales: saleRow,
  payments: paymentRow,
}

const bookingColumns = digestSources.bookings.columns

function bookingRow(values: Values): DigestRow<'bookings'> {
  const row: Record<string, DigestValue> = {}
  for (let at = 0; at < bookingColumns.length; at += 1) {
    row[bookingColumns[at] ?? ''] = values[at] ?? null
  }
  // The source lists exactly the set's columns; a test compares the two lists.
  return row as DigestRow<'bookings'>
}

const endOf: Readonly<Record<string, string>> = {
  settled: 'settled',
  voided: 'voided',
  refused: 'voided',
  dispute: 'disputed',
}

/** A fill that never ran has no mass to prove: the cloud is told none of it. */
function fillRow([state, position, delivered, opening, latest]: Values): DigestRow<'fills'> {
  const end = endOf[String(state)] ?? String(state)
  const ran = end !== 'voided'
  return {
    end,
    grams: ran ? (delivered ?? null) : null,
    position: position ?? null,
    totaliser_after_grams: ran ? (latest ?? null) : null,
    totaliser_before_grams: ran ? (opening ?? null) : null,
  }
}

function saleRow([amount, booking, price, flag, ticket]: Values): DigestRow<'sales'> {
  return {
    amount_paise: amount ?? null,
    booking: booking ?? null,
    price_paise_per_kg: price ?? null,
    recovered: flag === 'recovered' ? 1 : 0,
    ticket: ticket ?? null,
  }
}

function paymentRow([amount, by, method]: Values): DigestRow<'payments'> {
  return { amount_paise: amount ?? null, by: by ?? null, method: method ?? null }
}
