import { saleFact, useFact, type UseState } from '@baari/shared/domain/booking/booking-merge'
import { moveBooking, notExpected } from './booking-moves.ts'
import { useKey, type Known } from './known.ts'
import type { OpCode, OpEffect } from './op-effects.ts'
import { record, rejected, type Ruling, type Rule } from './rule.ts'

/** A vehicle was admitted: the fact stands whatever the cloud thinks of the booking (Q4, Q15). */
export const checkInClaimed: Rule<'checkin.claimed'> = (op, known) => {
  const { booking, useNo, ticket, forced } = op.body
  const flag = claimConflict(op.body, known)
  const use: OpEffect = {
    kind: 'use',
    booking,
    useNo,
    state: 'claimed',
    ticket,
    fill: null,
    forced: forced && flag !== undefined,
  }
  return {
    effects: [record(op, null), use, ...moveUse(op, { known, state: 'checked_in' })],
    ...(flag === undefined ? {} : { flag, about: { booking, detail: `use ${useNo}` } }),
  }
}

type Claim = Parameters<typeof checkInClaimed>[0]['body']

function claimConflict(claim: Claim, known: Known): OpCode | undefined {
  const row = known.bookings.get(claim.booking)
  if (row === undefined) return 'booking_unknown'
  if (row.stationNo !== known.stationNo) return 'booking_elsewhere'
  const use = known.uses.get(useKey(claim.booking, claim.useNo))
  if (use !== undefined && use.state !== 'released' && use.ticket !== claim.ticket) {
    return 'token_in_use'
  }
  if (notExpected.has(row.state)) return 'served_after_cancel'
  return claim.useNo > row.maxUses ? 'uses_exceeded' : undefined
}

/** Skip-close, void or undo: the use leaves the set of facts and the booking is what it was. */
export const checkInReleased: Rule<'checkin.released'> = (op, known) => {
  const { booking, useNo } = op.body
  const use = known.uses.get(useKey(booking, useNo))
  if (use === undefined) return rejected('use_unknown')
  if (use.state === 'redeemed') return rejected('use_redeemed')
  const { ticket } = use
  return {
    effects: [
      record(op, null),
      { kind: 'use', booking, useNo, state: 'released', ticket, fill: null, forced: false },
      ...moveUse(op, { known, state: 'released' }),
    ],
  }
}

/** The first gram flowed. A redeem whose claim never arrived is still gas that flowed. */
export const checkInRedeemed: Rule<'checkin.redeemed'> = (op, known) => {
  const { booking, useNo, fill } = op.body
  const use = known.uses.get(useKey(booking, useNo))
  const ticket = use?.ticket ?? null
  return {
    effects: [
      record(op, null),
      { kind: 'use', booking, useNo, state: 'redeemed', ticket, fill, forced: false },
      ...moveUse(op, { known, state: 'filling' }),
    ],
    ...(use === undefined ? { flag: 'use_unknown', about: { booking, fill } } : {}),
  }
}

/**
 * The station has heard of the cancel and nobody has come. What is not pending any more needs no
 * answer: a check-in came first, or the cancel is final already.
 */
export const cancelAcked: Rule<'booking.cancel_acked'> = (op, known) => {
  const { booking } = op.body
  const row = known.bookings.get(booking)
  if (row === undefined) return rejected('booking_unknown')
  if (row.stationNo !== known.stationNo) return rejected('booking_elsewhere')
  return { effects: row.state === 'cancel_pending' ? [{ kind: 'cancel-acked', booking }] : [] }
}

/** Nobody came, says the station. With an uncertain clock it says so and the cloud does not act. */
export const bookingNoShow: Rule<'booking.no_show'> = (op, known) => {
  const { booking, clockTrusted, excused } = op.body
  const row = known.bookings.get(booking)
  if (row === undefined) return rejected('booking_unknown')
  if (row.stationNo !== known.stationNo) return rejected('booking_elsewhere')
  if (!clockTrusted) return { effects: [], flag: 'clock_uncertain', about: { booking } }
  const moves = moveBooking(known, booking, saleFact('no_show'))
  // A station that cannot tell what excuses a driver gives no strike.
  if (excused !== null) return { effects: moves }
  return { effects: [...moves, { kind: 'strike', booking, atMs: op.atMs }] }
}

/** A place given on a signature or code the station had never synced (failure case 28). */
export const bookingProvisional: Rule<'booking.provisional'> = (op, known): Ruling => {
  const { booking } = op.body
  const effects = [record(op, null)]
  if (booking !== null && known.bookings.has(booking)) return { effects }
  return {
    effects,
    flag: 'booking_unknown',
    about: { ...(booking === null ? {} : { booking }), detail: op.body.code ?? 'signed token' },
  }
}

type UseOp = {
  readonly seq: number
  readonly body: { readonly booking: string; readonly useNo: number }
}

function moveUse(
  { seq, body }: UseOp,
  { known, state }: { readonly known: Known; readonly state: UseState },
): readonly OpEffect[] {
  const at = { epochNo: known.epochNo, seq }
  return moveBooking(known, body.booking, useFact(body.useNo, { at, state }))
}
