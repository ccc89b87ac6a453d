import { present } from '@baari/shared/faults/assert'
import type { FillEffect, FillRow } from '../../domain/fill/fill-states.ts'
import { nextUseState, type UseEvent } from '../../domain/check-in/use-states.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { Ticket } from '../../ports/tickets.ts'
import type { FillTx } from './fill-place.ts'

type UseEffect = Extract<FillEffect, { kind: 'redeem' | 'release' }>
type TicketEffect = Extract<FillEffect, { kind: 'ticket' }>

/** The first gram redeems the use, a void releases it; what was redeemed stays redeemed. */
export function applyToUse(tx: FillTx, { kind, terms }: UseEffect): void {
  if (terms.use === null) return
  const { booking, useNo } = terms.use
  const checkIn = tx.checkIns.ofBooking(booking).find((row) => row.useNo === useNo)
  const event: UseEvent = kind
  const next = nextUseState(present(checkIn, 'check-in of a reserved fill').state, event)
  if (!next.ok || checkIn === undefined || next.value === checkIn.state) return
  const fill = kind === 'redeem' ? terms.fill : null
  tx.checkIns.save({ ...checkIn, state: next.value, fill })
  const entity = { type: 'booking', uuid: booking } as const
  if (kind === 'redeem') {
    const body = { booking, useNo, fill: terms.fill }
    tx.outbox.append({ kind: 'checkin.redeemed', entity, body })
  } else {
    tx.outbox.append({ kind: 'checkin.released', entity, body: { booking, useNo, reason: 'void' } })
  }
}

/** What the fill does to its vehicle's place in the queue. */
export function applyToTicket(
  tx: FillTx,
  { terms, became }: TicketEffect,
  { now }: CommandContext,
): void {
  const ticket = tx.tickets.byId(terms.ticket)
  if (ticket === undefined || ticket.state === 'closed') return
  if (became === 'filling') tx.tickets.save({ ...ticket, state: 'filling' })
  if (became === 'returned') tx.tickets.save({ ...ticket, state: 'called' })
  if (became === 'filling' || became === 'returned') return
  const reasons = { served: 'filled', interrupted: 'interrupted', voided: 'void' } as const
  const closedReason = reasons[became]
  tx.tickets.save({ ...ticket, state: 'closed', closedAt: now.at, closedReason })
  const entity = { type: 'ticket', uuid: ticket.id } as const
  tx.outbox.append({ kind: 'ticket.closed', entity, body: { reason: closedReason } })
}

/** A settled fill counts for the vehicle's limits; a small or broken one leaves the token alive. */
export function noteSale(
  tx: FillTx,
  { terms, meter }: Extract<FillRow, { kind: 'settle' }>,
  { now }: CommandContext,
): void {
  const ticket = tx.tickets.byId(terms.ticket)
  if (ticket === undefined) return
  const expectedGrams = ticket.grams
  if (ticket.plate !== null) {
    const { fill } = terms
    const grams = meter.deliveredGrams
    tx.vehicles.addFill({ fill, plate: ticket.plate, settledAt: now.at, grams, expectedGrams })
  }
  const small = expectedGrams !== null && meter.deliveredGrams * 2 < expectedGrams
  if (small) markPartFilled(tx, ticket)
}

/** Ended by a fault or below half of the expected gas (product.md 7.3, part_filled). */
export function markPartFilled(tx: FillTx, { booking, useNo }: Ticket): void {
  if (booking === null || useNo === null) return
  const checkIn = tx.checkIns.ofBooking(booking).find((row) => row.useNo === useNo)
  if (checkIn?.state === 'redeemed') tx.checkIns.save({ ...checkIn, partFilled: true })
}
