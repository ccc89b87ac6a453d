import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket, TicketState } from '../../ports/tickets.ts'
import { type DispatchState, type Vehicle } from '@baari/shared/domain/dispatch/dispatch-state'
import { queueOf } from '@baari/shared/domain/dispatch/queue-order'
import type { CallMade } from './call-made.ts'
import { claimOnCall } from './claim-on-call.ts'
import { ruleOf } from './queue-state.ts'

/**
 * Writes the rule's places into the ticket rows and tells which vehicles were newly called or
 * staged, those promoted from behind a fill included.
 */
export function showPlaces(
  tx: LedgerTx,
  state: DispatchState,
  context: CommandContext,
): readonly CallMade[] {
  const tickets = new Map(tx.tickets.open().map((ticket) => [ticket.id, ticket]))
  return state.vehicles.flatMap((vehicle) => {
    const ticket = tickets.get(vehicle.ticket)
    if (!ticket) return []
    const place = placeOf(tx, vehicle, context)
    if (isShown(ticket, place)) return []
    const shown = { ...ticket, ...place }
    tx.tickets.save(shown)
    return callOf(tx, shown, context)
  })
}

type Shown = Pick<Ticket, 'state' | 'position' | 'calledAt'>

function placeOf(tx: LedgerTx, vehicle: Vehicle, { now }: CommandContext): Shown {
  const { place } = vehicle
  switch (place.kind) {
    case 'called':
    case 'staged':
      return { state: place.kind, position: place.position, calledAt: place.sinceMs }
    case 'filling':
      return { state: 'filling', position: place.position, calledAt: null }
    case 'aside':
      return { state: 'skipped', position: null, calledAt: null }
    case 'waiting':
      return { state: waitingState(tx, vehicle, now.at), position: null, calledAt: null }
  }
}

function waitingState(
  tx: LedgerTx,
  vehicle: Vehicle,
  at: CommandContext['now']['at'],
): TicketState {
  const standby = vehicle.line === 'standby' && queueOf(vehicle, at, ruleOf(tx)) === 'walk-in'
  return standby ? 'standby' : 'waiting'
}

function isShown(ticket: Ticket, place: Shown): boolean {
  return (
    ticket.state === place.state &&
    ticket.position === place.position &&
    (place.state === 'filling' || ticket.calledAt === place.calledAt)
  )
}

function callOf(tx: LedgerTx, ticket: Ticket, context: CommandContext): readonly CallMade[] {
  const { id, position, state } = ticket
  if (position === null || (state !== 'called' && state !== 'staged')) return []
  claimOnCall(tx, ticket, context)
  const call = tx.queue.callOf(id)
  return call ? [{ ticket: id, position, staged: state === 'staged', reason: call.reason }] : []
}
