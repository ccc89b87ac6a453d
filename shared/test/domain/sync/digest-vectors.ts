import { createHash } from 'node:crypto'
import {
  bucketOfId,
  canonicalRow,
  dayOfId,
  type DigestRow,
  type DigestSet,
} from '../../../src/domain/sync/digest-rows.ts'
import { digestOfDay, emptyBucket, hexOfSum, withRow } from '../../../src/domain/sync/digest.ts'

export const testHashText = (text: string): Uint8Array =>
  createHash('sha256').update(text, 'utf8').digest()

type Example = { readonly set: DigestSet; readonly key: string; readonly row: object }

/** One row of every set, with a missing value, text outside ASCII and one beyond 16 bits. */
const examples: readonly Example[] = [
  {
    set: 'bookings',
    key: '0192f3a4-5b6c-7d8e-9f01-23456789abcd',
    row: {
      blocked_reason: 'बारी 🛺',
      code: '123456789',
      expires_ms: 1795338600000,
      grams: 8000,
      lanes: null,
      max_entries: null,
      max_uses: 1,
      nozzle: 'ngv1',
      paid_paise: 0,
      payment_mode: 'pump',
      plate: 'MH12AB1234',
      retest_day: 21000,
      rev: 1,
      state: 'active',
      under_review: 0,
      vehicle_class: 'auto',
      window_start_ms: 1795336800000,
    },
  },
  {
    set: 'fills',
    key: '0192f3a4-5b6c-7d8e-9f01-23456789ab01',
    row: {
      end: 'settled',
      grams: 4250,
      position: 2,
      totaliser_before_grams: 1000000,
      totaliser_after_grams: 1004250,
    },
  },
  {
    set: 'fills',
    key: '0192f3a4-5b6c-7d8e-9f01-23456789ab02',
    row: {
      end: 'voided',
      grams: null,
      position: 1,
      totaliser_before_grams: null,
      totaliser_after_grams: null,
    },
  },
  {
    set: 'sales',
    key: '0192f3a4-5b6c-7d8e-9f01-23456789ab01',
    row: {
      amount_paise: 38832,
      booking: null,
      price_paise_per_kg: 9137,
      recovered: 0,
      ticket: '0192f3a4-5b6c-7d8e-9f01-2345678900aa',
    },
  },
  {
    set: 'payments',
    key: '0192f3a4-5b6c-7d8e-9f01-23456789ab01',
    row: { amount_paise: 38832, by: '0192f3a4-5b6c-7d8e-9f01-2345678900bb', method: 'cash' },
  },
]

function textOf({ set, key, row }: Example): string {
  return canonicalRow(set, key, row as DigestRow<DigestSet>)
}

/** Rows that look alike and must not be: what a length or a name is for. */
const alike: readonly (readonly [Example, Example])[] = [
  [payment({ by: 'a\nmethod:4:cash', method: 'x' }), payment({ by: 'a', method: 'cash' })],
  [payment({ by: '-' }), payment({ by: null })],
  [payment({ amount_paise: 1 }), payment({ amount_paise: '1 ' })],
  [{ ...payment({}), key: '0192f3a4-5b6c-7d8e-9f01-23456789ab02' }, payment({})],
]

function payment(row: object): Example {
  const key = '0192f3a4-5b6c-7d8e-9f01-23456789ab01'
  return { set: 'payments', key, row: { amount_paise: 1, by: 'a', method: 'cash', ...row } }
}

/** Everything `vectors/digest.json` holds. */
export function digestVectors() {
  const valid = examples.map((example) => {
    const text = textOf(example)
    const { set, key } = example
    const hash = hexOfSum(testHashText(text))
    return { set, key, day: dayOfId(key), bucket: bucketOfId(key), row: example.row, text, hash }
  })
  const fills = valid.filter(({ set }) => set === 'fills')
  const buckets = new Map(
    fills.map(({ bucket, text }) => [bucket, withRow(emptyBucket, testHashText(text))]),
  )
  const day = fills[0]?.day ?? 0
  return {
    about: 'Canonical rows with their hashes, the fills as a day, and pairs that must differ.',
    valid,
    day: digestOfDay(day, buckets, testHashText),
    emptyDay: digestOfDay(day, new Map(), testHashText),
    invalid: alike.map(([a, b]) => ({
      about: 'two rows that must not share a text',
      first: textOf(a),
      second: textOf(b),
    })),
  }
}
