import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import type { TicketId } from '@baari/shared/units/names'
import { releaseUse, type ReleaseReason } from '../check-in/redeem-use.ts'

export type CloseTicket = {
  readonly ticket: TicketId
  readonly reason: 'filled' | ReleaseReason
}

/** Ends a ticket and gives back a use that no gas has redeemed. A closed one stays as it is. */
export function closeTicket(
  tx: Pick<LedgerTx, 'tickets' | 'checkIns' | 'outbox'>,
  { ticket: id, reason }: CloseTicket,
  { now }: CommandContext,
): Ticket | undefined {
  const ticket = tx.tickets.byId(id)
  if (!ticket || ticket.state === 'closed') return ticket
  // A refused release means that gas has flowed: the use stays redeemed.
  if (reason !== 'filled') releaseUse(tx, { ticket: id, reason })
  const closed: Ticket = {
    ...ticket,
    state: 'closed',
    position: null,
    calledAt: null,
    closedAt: now.at,
    closedReason: reason,
  }
  tx.tickets.save(closed)
  tx.outbox.append({
    kind: 'ticket.closed',
    entity: { type: 'ticket', uuid: id },
    body: { reason },
  })
  return closed
}
