import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { ShownPlace, Ticket, TicketState } from '../../ports/tickets.ts'
import type { DispatchState, Moment, Vehicle } from '@baari/shared/domain/dispatch/dispatch-state'
import { present } from '@baari/shared/faults/assert'
import { queueOf } from '@baari/shared/domain/dispatch/queue-order'
import type { CallMade } from './call-made.ts'
import { claimOnCall } from './claim-on-call.ts'
import { momentOf } from './queue-state.ts'

/**
 * Writes the rule's places into the ticket rows and tells which vehicles were newly called or
 * staged, those promoted from behind a fill included.
 */
export function showPlaces(
  tx: LedgerTx,
  state: DispatchState,
  context: CommandContext,
): readonly CallMade[] {
  const moment = momentOf(tx, context.now.at)
  const shown = tx.tickets.places()
  return state.vehicles.flatMap((vehicle) => {
    const before = shown.get(vehicle.ticket)
    const place = placeOf(vehicle, moment)
    if (!before || isShown(before, place)) return []
    const ticket = { ...present(tx.tickets.byId(before.id), 'open ticket'), ...place }
    tx.tickets.save(ticket)
    return callOf(tx, ticket, context)
  })
}

type Shown = Omit<ShownPlace, 'id'>

function placeOf(vehicle: Vehicle, moment: Moment): Shown {
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
      return { state: waitingState(vehicle, moment), position: null, calledAt: null }
  }
}

function waitingState(vehicle: Vehicle, { now, config }: Moment): TicketState {
  const standby = vehicle.line === 'standby' && queueOf(vehicle, now, config) === 'walk-in'
  return standby ? 'standby' : 'waiting'
}

function isShown(ticket: Shown, place: Shown): boolean {
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
