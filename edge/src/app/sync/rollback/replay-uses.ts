import { fillId, ticketId } from '@baari/shared/units/names'
import type { BookingId, FillId, TicketId } from '@baari/shared/units/names'
import type { CheckIn } from '../../../ports/check-ins.ts'
import { claimUse } from '../../check-in/claim-use.ts'
import { redeemUse, releaseUse } from '../../check-in/redeem-use.ts'
import type { Replay, ReplayScope } from './replay-scope.ts'

/**
 * Uses of bookings. One that was claimed again while this file had forgotten it stands as it is:
 * among the ops of one use the highest sequence counts, and what this file wrote follows.
 */
export const checkinClaimed: Replay<'checkin.claimed'> = (scope, body) => {
  const { tx, context, at } = scope
  const { booking, useNo, lane } = body
  const known = useOf(scope, booking, useNo)
  if (known !== undefined && known.state !== 'released') return
  tx.checkIns.addGateEvent({ booking, direction: 'entry', lane, at })
  const ticket = ticketId(body.ticket)
  claimUse(tx, { ...body, ticket, continued: false }, context)
  const held = tx.tickets.byId(ticket)
  if (held === undefined) return
  const others = tx.tickets.openOfBooking(booking).filter(({ id }) => id !== ticket)
  if (others.some((other) => other.useNo === useNo)) return
  tx.tickets.save({ ...held, kind: 'booked', useNo })
}

/** Of the ticket that the op names; an older op names none and goes by the time of the claim. */
export const checkinReleased: Replay<'checkin.released'> = (scope, body) => {
  const { booking, useNo, reason, ticket } = body
  const use = useOf(scope, booking, useNo)
  if (use === undefined) return
  const own = ticket === undefined ? use.at <= scope.at : use.ticket === ticketId(ticket)
  if (own) releaseUse(scope.tx, { ticket: use.ticket, reason })
}

/**
 * Also a use that was given back a moment before its gas flowed: the gas decides. A fill of the
 * use's own ticket is its end whatever the two clocks said: a node that starts with its clock an
 * hour behind redeems before it has claimed.
 */
export const checkinRedeemed: Replay<'checkin.redeemed'> = (scope, { booking, useNo, fill }) => {
  const use = useOf(scope, booking, useNo)
  if (use === undefined) return
  const own = use.at <= scope.at || ticketOf(scope, fillId(fill)) === use.ticket
  if (own) redeemUse(scope.tx, { ticket: use.ticket, fill: fillId(fill) })
}

/** The ticket that a fill was promised to; undefined when this file has no such fill. */
function ticketOf({ tx }: ReplayScope, fill: FillId): TicketId | undefined {
  const state = tx.fills.byId(fill)?.state
  return state !== undefined && 'terms' in state ? state.terms.ticket : undefined
}

function useOf({ tx }: ReplayScope, booking: BookingId, useNo: number): CheckIn | undefined {
  return tx.checkIns.ofBooking(booking).find((use) => use.useNo === useNo)
}

export const gateExited: Replay<'gate.exited'> = ({ tx, at }, { booking, lane }) => {
  tx.checkIns.addGateEvent({ booking, direction: 'exit', lane, at })
}
