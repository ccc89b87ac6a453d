import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { endFill, interruptFill, startFill } from '@baari/shared/domain/dispatch/position-events'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import type { FillId, TicketId } from '@baari/shared/units/names'
import type { Grams } from '@baari/shared/units/mass'
import { closeTicket } from '../ticket/close-ticket.ts'
import type { CallMade } from './call-made.ts'
import { withoutTicket } from './leave-line.ts'
import { loadQueue, momentOf, saveQueue } from './queue-state.ts'
import { showPlaces } from './show-places.ts'

/** Gas flows for this ticket: called by the fill's command in the transaction of the first gram. */
export function ticketFilling(tx: LedgerTx, ticket: TicketId, context: CommandContext): void {
  change(tx, context, (state, moment) => {
    const started = startFill(state, ticket, moment)
    return started.ok ? started.value : state
  })
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
    if (position === null) return withoutTicket(id)(state)
    if (outcome === 'interrupted') return interruptFill(state, position, moment)
    return withoutTicket(id)(endFill(state, position, moment))
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
