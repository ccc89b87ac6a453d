import { amountFor, paisePerKg } from '@baari/shared/units/money'
import { grams } from '@baari/shared/units/mass'
import { useFact } from '@baari/shared/domain/booking/booking-merge'
import { moveBooking } from './booking-moves.ts'
import { useOfFill, type Known } from './known.ts'
import type { OpCode } from './op-effects.ts'
import { entityOf, record, type Rule } from './rule.ts'
import type { OpOf } from './station-op.ts'

/**
 * One delivery became a sale. A second settlement under the same fill is a contradiction that
 * counts nothing: every gram and every paisa is counted once.
 */
export const fillSettled: Rule<'fill.settled'> = (op, known) => {
  const fill = entityOf(op, known)
  if (fill === null) return { effects: [], flag: 'entity_unknown' }
  if (known.sales.has(fill)) return { effects: [], flag: 'fill_repeated', about: { fill } }
  const flag = settlementConflict(op, known)
  return {
    effects: [record(op, fill), ...bookingMoves(op, { known, fill })],
    ...(flag === undefined ? {} : { flag, about: aboutFill(op, fill) }),
  }
}

function settlementConflict(op: OpOf<'fill.settled'>, known: Known): OpCode | undefined {
  const { body } = op
  const moved = body.totaliserAfterGrams - body.totaliserBeforeGrams
  if (moved !== body.grams) return 'totaliser_differs'
  const due = amountFor(grams(body.grams), paisePerKg(body.pricePaisePerKg))
  if (due !== body.amountPaise) return 'amount_differs'
  return body.booking !== null && !known.bookings.has(body.booking) ? 'booking_unknown' : undefined
}

function aboutFill(op: OpOf<'fill.settled'>, fill: string) {
  const { booking, grams: mass, amountPaise } = op.body
  return {
    fill,
    ...(booking === null ? {} : { booking }),
    detail: `${mass} g, ${amountPaise} paise`,
  }
}

/** Below half of what was expected the token lives on for the rest (product.md, part_filled). */
function bookingMoves(
  op: OpOf<'fill.settled'>,
  { known, fill }: { readonly known: Known; readonly fill: string },
) {
  const { booking } = op.body
  const row = booking === null ? undefined : known.bookings.get(booking)
  if (booking === null || row === undefined) return []
  const state = op.body.grams * 2 < row.grams ? 'part_filled' : 'completed'
  const at = { epochNo: known.epochNo, seq: op.seq }
  return moveBooking(known, booking, useFact(useOfFill(known, booking, fill), { at, state }))
}

export const fillAuthorised: Rule<'fill.authorised'> = (op, known) => {
  const fill = entityOf(op, known)
  return fill === null ? { effects: [], flag: 'entity_unknown' } : { effects: [record(op, fill)] }
}

export const fillVoided: Rule<'fill.voided'> = (op, known) => {
  const fill = entityOf(op, known)
  return fill === null ? { effects: [], flag: 'entity_unknown' } : { effects: [record(op, fill)] }
}

/** Gas that belongs to no fill: counted as mass, never as money, and a person is asked. */
export const fillOrphan: Rule<'fill.orphan'> = (op) => ({
  effects: [
    record(op, null),
    {
      kind: 'exception',
      code: 'orphan_gas',
      seq: op.seq,
      atMs: op.atMs,
      booking: null,
      fill: null,
      detail: `position ${op.body.position}: ${op.body.grams} g`,
    },
  ],
})

export const fillDisputed: Rule<'fill.disputed'> = (op, known) => {
  const fill = entityOf(op, known)
  if (fill === null) return { effects: [], flag: 'entity_unknown' }
  return {
    effects: [record(op, fill)],
    flag: 'fill_disputed',
    about: { fill, detail: op.body.reason },
  }
}

export const meterReset: Rule<'meter.reset'> = (op) => ({
  effects: [record(op, null)],
  flag: 'meter_reset',
  about: { detail: `position ${op.body.position}: ${op.body.lastGrams} → ${op.body.nowGrams} g` },
})

export const paymentCollected: Rule<'payment.collected'> = (op, known) => {
  const { fill, amountPaise } = op.body
  const sale = known.sales.get(fill)
  const conflict = ((): OpCode | undefined => {
    if (sale === undefined) return 'fill_unknown'
    if (known.paidFills.has(fill)) return 'paid_twice'
    return sale.amountPaise === amountPaise ? undefined : 'amount_differs'
  })()
  return {
    effects: [record(op, null)],
    ...(conflict === undefined
      ? {}
      : { flag: conflict, about: { fill, detail: `${amountPaise} paise` } }),
  }
}
