import type { LedgerOpBody } from '@baari/shared/contracts/sync/ops'
import type { OutOfTurnTold } from '@baari/shared/domain/dispatch/out-of-turn'
import type { OverrideMade } from '@baari/shared/domain/dispatch/override-call'
import type { HeadSeen } from '@baari/shared/domain/dispatch/rule'
import { present } from '@baari/shared/faults/assert'
import type { AttendantId, TicketId } from '@baari/shared/units/names'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { labelOf, plateEndOf } from '../ticket/ticket-view.ts'

type Body = LedgerOpBody<'ticket.called_out_of_turn'>
type Tx = Pick<LedgerTx, 'tickets'>

export type OutOfTurnFacts = OutOfTurnTold & {
  readonly call: string
  readonly made: OverrideMade
  readonly by: AttendantId
  readonly manager: AttendantId
}

/** What head office is told of a call out of turn; of a plate no more than its last four. */
export function outOfTurnBody(tx: Tx, facts: OutOfTurnFacts): Body {
  const { call, made, reason, note, by, manager } = facts
  const { position, kind: place, explanation } = made.call
  const ticket = ticketOf(tx, made.call.ticket)
  const { kind, vehicleClass } = ticket
  const { bookedHead, walkInHead, waitingBooked, waitingWalkIn } = explanation
  return {
    ...{ call, position, reason, note, by, manager, kind, vehicleClass },
    staged: place === 'staged',
    label: labelOf(ticket),
    plateEnd: plateEndOf(ticket),
    passed: [...headPassed(tx, 'booked', bookedHead), ...headPassed(tx, 'walk-in', walkInHead)],
    waitingBooked,
    waitingWalkIn,
    displaced: made.displaced ?? null,
  }
}

function headPassed(
  tx: Tx,
  queue: Body['passed'][number]['queue'],
  head: HeadSeen | undefined,
): Body['passed'] {
  if (head === undefined) return []
  const { ticket, waitedMs, windowStart } = head
  const label = labelOf(ticketOf(tx, ticket))
  return [{ queue, ticket, label, waitedMs, windowStartMs: windowStart ?? null }]
}

function ticketOf(tx: Tx, id: TicketId): Ticket {
  return present(tx.tickets.byId(id), 'ticket in line')
}
