import type { DigestRow, DigestSet } from './digest-rows.ts'

/** Kinds of op that tell of a row of each set; bookings have another author. */
export const witnessKinds = {
  bookings: [],
  fills: ['fill.settled', 'fill.voided', 'fill.disputed'],
  sales: ['fill.settled'],
  payments: ['payment.collected'],
} as const satisfies Record<DigestSet, readonly string[]>

type Totals = {
  readonly grams: number
  readonly totaliserBeforeGrams: number
  readonly totaliserAfterGrams: number
}

/** Bodies of the ops that tell of rows, by kind (contracts/sync/ops). */
export type WitnessOp =
  | {
      readonly kind: 'fill.settled'
      readonly body: Totals & {
        readonly position: number
        readonly ticket: string
        readonly booking: string | null
        readonly amountPaise: number
        readonly pricePaisePerKg: number
        readonly recovered: boolean
      }
    }
  | { readonly kind: 'fill.voided'; readonly body: { readonly position: number } }
  | { readonly kind: 'fill.disputed'; readonly body: Totals & { readonly position: number } }
  | {
      readonly kind: 'payment.collected'
      readonly body: { readonly method: string; readonly amountPaise: number; readonly by: string }
    }

/** The row of a set that an op tells of, or undefined when it tells nothing of that set. */
export function rowOfOp<S extends DigestSet>(set: S, op: WitnessOp): DigestRow<S> | undefined {
  return rows[set](op)
}

const rows: { readonly [S in DigestSet]: (op: WitnessOp) => DigestRow<S> | undefined } = {
  bookings: () => undefined,
  fills: fillRow,
  sales: saleRow,
  payments: paymentRow,
}

function fillRow(op: WitnessOp): DigestRow<'fills'> | undefined {
  if (op.kind === 'payment.collected') return undefined
  const { position } = op.body
  const end = op.kind.slice('fill.'.length)
  if (op.kind === 'fill.voided') {
    const nothing = { grams: null, totaliser_after_grams: null, totaliser_before_grams: null }
    return { end, position, ...nothing }
  }
  const { grams, totaliserBeforeGrams, totaliserAfterGrams } = op.body
  return {
    end,
    position,
    grams,
    totaliser_before_grams: totaliserBeforeGrams,
    totaliser_after_grams: totaliserAfterGrams,
  }
}

function saleRow(op: WitnessOp): DigestRow<'sales'> | undefined {
  if (op.kind !== 'fill.settled') return undefined
  const { amountPaise, booking, pricePaisePerKg, recovered, ticket } = op.body
  return {
    amount_paise: amountPaise,
    booking,
    price_paise_per_kg: pricePaisePerKg,
    recovered: recovered ? 1 : 0,
    ticket,
  }
}

function paymentRow(op: WitnessOp): DigestRow<'payments'> | undefined {
  if (op.kind !== 'payment.collected') return undefined
  const { amountPaise, by, method } = op.body
  return { amount_paise: amountPaise, by, method }
}
