import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { endFill, interruptFill, startFill } from '@baari/shared/domain/dispatch/position-events'
import {
  vehicleOf,
  withVehicle,
  type DispatchState,
} from '@baari/shared/domain/dispatch/dispatch-state'
import type { FillId, PositionNo, TicketId } from '@baari/shared/units/names'
import type { Grams } from '@baari/shared/units/mass'
import { closeTicket } from '../ticket/close-ticket.ts'
import type { CallMade } from './call-made.ts'
import { learnTurn } from './learn-turn.ts'
import { loadQueue, momentOf, saveQueue } from './queue-state.ts'
import { showPlaces } from './show-places.ts'

export type FlowBegun = { readonly ticket: TicketId; readonly position: PositionNo }

/**
 * Gas flows for this ticket: called by the fill's command in the transaction of the first gram. A
 * vehicle that the rule had meanwhile taken away from there, because the position fell silent, is
 * filling all the same: the gas outranks the rule.
 */
export function ticketFilling(
  tx: LedgerTx,
  { ticket, position }: FlowBegun,
  context: CommandContext,
): void {
  change(tx, context, (state, moment) => {
    const started = startFill(state, ticket, moment)
    if (started.ok && ticketAt(started.value, ticket) === position) return started.value
    return fillingAt(state, { ticket, position })
  })
}

/** One vehicle stands at a position: whoever was called there waits again. */
function fillingAt(state: DispatchState, { ticket, position }: FlowBegun): DispatchState {
  const vehicles = state.vehicles.map((one): DispatchState['vehicles'][number] => {
    if (one.ticket === ticket) return { ...one, place: { kind: 'filling', position } }
    const here = one.place.kind === 'called' && one.place.position === position
    return here ? { ...one, place: { kind: 'waiting' } } : one
  })
  return { ...state, vehicles }
}

function ticketAt(state: DispatchState, ticket: TicketId): PositionNo | undefined {
  const place = vehicleOf(state, ticket)?.place
  return place?.kind === 'filling' ? place.position : undefined
}

export type FillEnd = {
  readonly ticket: TicketId
  readonly fill: FillId
  /**
   * `filled` ends the ticket. `interrupted` (a fault, or less than half of the expected gas) puts
   * it at the head of the line, once. `voided` is an end without gas and releases the use.
   */
  readonly outcome: 'filled' | 'interrupted' | 'voided'
  readonly grams: Grams
}

/**
 * The fill of a ticket ended: called by the fill's command in the settling transaction. Answers
 * the vehicles promoted from behind it; `queue.dispatch` follows for the rest.
 */
export function ticketFilled(
  tx: LedgerTx,
  { ticket: id, fill, outcome, grams }: FillEnd,
  context: CommandContext,
): readonly CallMade[] {
  const { now } = context
  const ticket = tx.tickets.byId(id)
  if (!ticket) return []
  const { plate, position } = ticket
  if (plate !== null && grams > 0) {
    const expectedGrams = ticket.grams
    tx.vehicles.addFill({ fill, plate, settledAt: now.at, grams, expectedGrams })
  }
  if (outcome === 'interrupted') markPartFilled(tx, id)
  else closeTicket(tx, { ticket: id, reason: outcome === 'filled' ? 'filled' : 'void' }, context)
  return change(tx, context, (state, moment) => {
    const at = position ?? ticketAt(state, id)
    if (at) learnTurn(tx, { ticket, position: at, grams, served: outcome === 'filled' }, context)
    if (outcome === 'interrupted') return at ? interruptFill(state, at, moment) : state
    return withVehicle(at ? endFill(state, at, moment) : state, id, () => undefined)
  })
}

function markPartFilled(tx: LedgerTx, ticket: TicketId): void {
  const use = tx.checkIns.ofTicket(ticket)
  if (use) tx.checkIns.save({ ...use, partFilled: true })
}

function change(
  tx: LedgerTx,
  context: CommandContext,
  step: (state: DispatchState, moment: ReturnType<typeof momentOf>) => DispatchState,
): readonly CallMade[] {
  const before = loadQueue(tx)
  const state = step(before, momentOf(tx, context.now.at))
  const calls = showPlaces(tx, state, context)
  saveQueue(tx, before, state)
  return calls
}
