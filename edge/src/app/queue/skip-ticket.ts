import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { vehicleOf } from '@baari/shared/domain/dispatch/dispatch-state'
import { backInLane, isMissing, setAside } from '@baari/shared/domain/dispatch/skip-and-recall'
import { present } from '@baari/shared/faults/assert'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId, TicketId } from '@baari/shared/units/names'
import { ticketViewOf } from '../ticket/ticket-view.ts'
import type { TicketView } from '@baari/shared/contracts/live/station-view'
import type { CallMade } from './call-made.ts'
import { withoutTicket } from './leave-line.ts'
import { loadQueue, momentOf } from './queue-state.ts'
import { runQueue } from './run-queue.ts'
import { closeTicket } from '../ticket/close-ticket.ts'

export type TicketAct = {
  readonly ticket: TicketId
  readonly by: AttendantId
  readonly positions: readonly PositionFacts[]
}

export type TicketMoved = { readonly ticket: TicketView; readonly calls: readonly CallMade[] }

/** The called vehicle is not there: the next one is called, this one recalled after two starts. */
export function skipTicket(
  tx: LedgerTx,
  { ticket: id, by, positions }: TicketAct,
  context: CommandContext,
): Result<TicketMoved, Refusal> {
  const vehicle = vehicleOf(loadQueue(tx), id)
  if (!vehicle) return err(refusal('ticket_unknown'))
  const { place } = vehicle
  if (place.kind !== 'called' && place.kind !== 'staged') return err(refusal('ticket_not_waiting'))
  const moment = momentOf(tx, context.now.at)
  tx.outbox.append({
    kind: 'ticket.skipped',
    entity: { type: 'ticket', uuid: id },
    body: { position: place.position },
  })
  audit(tx, { what: 'ticket.skipped', by, id }, context)
  const calls = runQueue(tx, positions, {
    context,
    change: (state) => setAside(state, vehicle, moment),
  })
  return ok({ ticket: viewOf(tx, id), calls })
}

/**
 * A vehicle that missed its call stands in the lane again: it takes part in the line once its recall
 * is due. Until an attendant or its own code before a reader says so, nobody knows that it is there,
 * and it is called only where no position has to wait for it.
 */
export function ticketIsBack(
  tx: LedgerTx,
  { ticket: id, by, positions }: TicketAct,
  context: CommandContext,
): Result<TicketMoved, Refusal> {
  const ticket = tx.tickets.byId(id)
  if (!ticket || ticket.state === 'closed') return err(refusal('ticket_unknown'))
  const vehicle = vehicleOf(loadQueue(tx), id)
  if (!vehicle || !isMissing(vehicle)) return err(refusal('ticket_not_waiting'))
  audit(tx, { what: 'ticket.back', by, id }, context)
  const calls = runQueue(tx, positions, { context, change: (state) => backInLane(state, id) })
  return ok({ ticket: viewOf(tx, id), calls })
}

/** The driver gives up: the ticket closes and an unused token is free again. */
export function leaveTicket(
  tx: LedgerTx,
  { ticket: id, by, positions }: TicketAct,
  context: CommandContext,
): Result<TicketMoved, Refusal> {
  const ticket = tx.tickets.byId(id)
  if (!ticket || ticket.state === 'closed') return err(refusal('ticket_unknown'))
  if (ticket.state === 'filling') return err(refusal('ticket_not_waiting'))
  closeTicket(tx, { ticket: id, reason: 'leave' }, context)
  audit(tx, { what: 'ticket.left', by, id }, context)
  const calls = runQueue(tx, positions, { context, change: withoutTicket(id) })
  return ok({ ticket: viewOf(tx, id), calls })
}

type Act = { readonly what: string; readonly by: AttendantId; readonly id: TicketId }

function audit(tx: LedgerTx, { what, by, id }: Act, { now }: CommandContext): void {
  tx.station.audit({ at: now.at, by, what, about: id, facts: {} })
}

function viewOf(tx: LedgerTx, id: TicketId): TicketView {
  return ticketViewOf(present(tx.tickets.byId(id), 'ticket'))
}
