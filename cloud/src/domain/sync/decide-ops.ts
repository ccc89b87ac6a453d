import { saleFact } from '@baari/shared/domain/booking/booking-merge'
import { assert } from '@baari/shared/faults/assert'
import {
  bookingNoShow,
  bookingProvisional,
  cancelAcked,
  checkInClaimed,
  checkInRedeemed,
  checkInReleased,
} from './check-in-rules.ts'
import {
  fillAuthorised,
  fillDisputed,
  fillOrphan,
  fillSettled,
  fillVoided,
  meterReset,
  paymentCollected,
} from './fill-rules.ts'
import { useKey, type Known } from './known.ts'
import { bookingMade, leaseClaimRefused, leaseGranted, leaseReturned } from './lease-rules.ts'
import type { OpEffect, OpOutcome, RecordEffect } from './op-effects.ts'
import type { Rule, Ruling } from './rule.ts'
import { alarmCleared, alarmRaised, gateExited, reading, stateSet } from './side-rules.ts'
import {
  boot,
  dayClosed,
  delayRaised,
  entity,
  epochOpened,
  gap,
  ofTicket,
  proofMade,
  scanFailed,
  shiftClosed,
  shiftOpened,
  vehicleRecorded,
} from './station-rules.ts'
import type { OpBodies, OpKind, StationOp, UnreadOp } from './station-op.ts'

/** One cell per kind of op: a kind without a rule does not compile. */
const rules: { readonly [K in OpKind]: Rule<K> } = {
  boot,
  entity,
  gap,
  'proof.made': proofMade,
  'day.closed': dayClosed,
  'delay.raised': delayRaised,
  'gate.exited': gateExited,
  'alarm.raised': alarmRaised,
  'alarm.cleared': alarmCleared,
  'state.set': stateSet,
  reading,
  'epoch.opened': epochOpened,
  'booking.provisional': bookingProvisional,
  'booking.made': bookingMade,
  'booking.cancel_acked': cancelAcked,
  'booking.no_show': bookingNoShow,
  'checkin.claimed': checkInClaimed,
  'checkin.released': checkInReleased,
  'checkin.redeemed': checkInRedeemed,
  'lease.granted': leaseGranted,
  'lease.returned': leaseReturned,
  'lease.claim_refused': leaseClaimRefused,
  'scan.failed': scanFailed,
  'ticket.opened': ofTicket,
  'ticket.called': ofTicket,
  'ticket.call_undone': ofTicket,
  'ticket.called_out_of_turn': ofTicket,
  'ticket.out_of_turn_undone': ofTicket,
  'ticket.skipped': ofTicket,
  'ticket.closed': ofTicket,
  'vehicle.recorded': vehicleRecorded,
  'fill.authorised': fillAuthorised,
  'fill.voided': fillVoided,
  'fill.settled': fillSettled,
  'fill.orphan': fillOrphan,
  'fill.disputed': fillDisputed,
  'meter.reset': meterReset,
  'payment.collected': paymentCollected,
  'shift.opened': shiftOpened,
  'shift.closed': shiftClosed,
}

/** Gas has moved or a person has acted on the ground: the cloud may flag, never refuse. */
export const physicalKinds: ReadonlySet<string> = new Set<OpKind>([
  'booking.made',
  'checkin.claimed',
  'checkin.redeemed',
  'fill.authorised',
  'fill.voided',
  'fill.settled',
  'fill.orphan',
  'fill.disputed',
  'meter.reset',
  'payment.collected',
])

/**
 * Verdict and effects of each op, in order, from the ops and the rows they name. `known` is read
 * and then brought up to date op by op, so that a later op of the batch sees an earlier one; it
 * belongs to the caller of this one batch.
 */
export function decideOps(
  ops: readonly (StationOp | UnreadOp)[],
  known: Known,
): readonly OpOutcome[] {
  return ops.map((op) => {
    if (op.kind === 'unread') {
      return { seq: op.seq, verdict: 'deferred', code: op.reason, effects: [] }
    }
    const outcome = judge(op, known)
    for (const effect of outcome.effects) learn(known, effect)
    return outcome
  })
}

function judge(op: StationOp, known: Known): OpOutcome {
  const rule = rules[op.kind] as (op: StationOp, known: Known) => Ruling
  const ruling = rule(op, known)
  const { seq } = op
  if (ruling.reject !== undefined) {
    assert(!physicalKinds.has(op.kind), `${op.kind} is a physical fact and is never refused`)
    return { seq, verdict: 'rejected', code: ruling.reject, effects: [] }
  }
  if (ruling.flag === undefined) {
    return { seq, verdict: 'applied', code: null, effects: ruling.effects }
  }
  const exception: OpEffect = {
    kind: 'exception',
    code: ruling.flag,
    seq,
    atMs: op.atMs,
    booking: ruling.about?.booking ?? null,
    fill: ruling.about?.fill ?? null,
    detail: ruling.about?.detail ?? op.kind,
  }
  return { seq, verdict: 'flagged', code: ruling.flag, effects: [...ruling.effects, exception] }
}

function learn(known: Known, effect: OpEffect): void {
  switch (effect.kind) {
    case 'entity':
      known.entities.set(effect.ref, { type: effect.type, uuid: effect.uuid })
      return
    case 'use':
      known.uses.set(useKey(effect.booking, effect.useNo), effect)
      return
    case 'booking':
      learnBooking(known, effect)
      return
    case 'record':
      learnRecord(known, effect)
      return
    case 'strike':
    case 'cancel-acked':
    case 'exception':
      return
  }
}

function learnBooking(known: Known, effect: Extract<OpEffect, { kind: 'booking' }>): void {
  const { booking, facts, state } = effect
  const row = known.bookings.get(booking)
  if (row !== undefined) known.bookings.set(booking, { ...row, facts, state })
}

function learnSale(known: Known, sold: OpBodies['booking.made']): void {
  known.livePlates.add(sold.plate)
  known.bookings.set(sold.booking, {
    stationNo: known.stationNo,
    state: 'active',
    facts: saleFact('active'),
    grams: sold.grams,
    maxUses: 1,
  })
}

function learnRecord(known: Known, effect: RecordEffect): void {
  const { entity: id } = effect
  if (effect.fact === 'booking.made') learnSale(known, effect.body)
  if (effect.fact === 'payment.collected') known.paidFills.add(effect.body.fill)
  if (id === null) return
  if (effect.fact === 'fill.settled') known.sales.set(id, effect.body)
  if (effect.fact === 'shift.opened') known.shifts.set(id, 'open')
  if (effect.fact === 'shift.closed') known.shifts.set(id, 'closed')
}
