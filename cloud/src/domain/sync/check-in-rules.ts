import { mergeFacts, type BookingState } from './booking-merge.ts'
import { useKey, type Known, type KnownBooking } from './known.ts'
import type { OpCode, OpEffect } from './op-effects.ts'
import { record, rejected, type Ruling, type Rule } from './rule.ts'

/** States after which the cloud expected nobody to come. */
const final: ReadonlySet<BookingState> = new Set([
  'expired',
  'no_show',
  'cancelled',
  'cancel_pending',
  'waitlisted',
])

/** A vehicle was admitted: the fact stands whatever the cloud thinks of the booking (Q4, Q15). */
export const checkInClaimed: Rule<'checkin.claimed'> = (op, known) => {
  const { booking, useNo, ticket, forced } = op.body
  const row = known.bookings.get(booking)
  const flag = claimConflict(op.body, known)
  const use: OpEffect = {
    kind: 'use',
    booking,
    useNo,
    state: 'claimed',
    ticket,
    // Force that was sent but not needed is told apart from force that was (Q4, Q5).
    forcedNeeded: forced && flag === 'served_after_cancel',
  }
  const moves = moveBooking({ booking, row, by: known.stationNo }, `use:${useNo}`, 'checked_in')
  return {
    effects: [record(op, null), use, ...moves],
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
  if (final.has(row.state)) return row.plateTaken ? 'plate_taken' : 'served_after_cancel'
  return claim.useNo > row.maxUses ? 'uses_exceeded' : undefined
}

/** Skip-close, void or undo: the use leaves the set of facts and the booking is what it was. */
export const checkInReleased: Rule<'checkin.released'> = (op, known) => {
  const { booking, useNo } = op.body
  const use = known.uses.get(useKey(booking, useNo))
  if (use === undefined) return rejected('use_unknown')
  if (use.state === 'redeemed') return rejected('use_redeemed')
  const row = known.bookings.get(booking)
  const moves = moveBooking({ booking, row, by: known.stationNo }, `use:${useNo}`, null)
  return {
    effects: [
      record(op, null),
      { kind: 'use', booking, useNo, state: 'released', ticket: use.ticket, forcedNeeded: false },
      ...moves,
    ],
  }
}

/** The first gram flowed. A redeem whose claim never arrived is still gas that flowed. */
export const checkInRedeemed: Rule<'checkin.redeemed'> = (op, known) => {
  const { booking, useNo, fill } = op.body
  const use = known.uses.get(useKey(booking, useNo))
  const row = known.bookings.get(booking)
  const moves = moveBooking({ booking, row, by: known.stationNo }, `use:${useNo}`, 'filling')
  return {
    effects: [
      record(op, null),
      {
        kind: 'use',
        booking,
        useNo,
        state: 'redeemed',
        ticket: use?.ticket ?? null,
        forcedNeeded: false,
      },
      ...moves,
    ],
    ...(use === undefined ? { flag: 'use_unknown', about: { booking, fill } } : {}),
  }
}

/** Nobody came, says the station. With an uncertain clock it says so and the cloud does not act. */
export const bookingNoShow: Rule<'booking.no_show'> = (op, known) => {
  const { booking, clockTrusted } = op.body
  const row = known.bookings.get(booking)
  if (row === undefined) return rejected('booking_unknown')
  if (row.stationNo !== known.stationNo) return rejected('booking_elsewhere')
  if (!clockTrusted) return { effects: [], flag: 'clock_uncertain', about: { booking } }
  return { effects: moveBooking({ booking, row, by: known.stationNo }, 'no_show', 'no_show') }
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

type Named = {
  readonly booking: string
  readonly row: KnownBooking | undefined
  /** The station that speaks. */
  readonly by: number
}

/**
 * The fact joins or leaves the booking's set, and the state follows from the set. A booking of
 * another station, or one whose plate has another live booking, keeps its state: the fact is on
 * the conflict list and a person decides.
 */
export function moveBooking(
  { booking, row, by }: Named,
  key: string,
  state: BookingState | null,
): readonly OpEffect[] {
  if (row === undefined || row.stationNo !== by) return []
  const facts = new Map(row.facts)
  if (state === null) facts.delete(key)
  else facts.set(key, state)
  const kept: OpEffect = { kind: 'booking-fact', booking, key, state }
  const next = mergeFacts(row.own, facts.values())
  if (next === row.state || (row.plateTaken && final.has(row.state))) return [kept]
  return [kept, { kind: 'booking-state', booking, state: next }]
}
