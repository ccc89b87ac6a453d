import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { istDay } from '@baari/shared/units/ist-calendar'
import { ticketId } from '@baari/shared/units/names'

export type NewTicket = Pick<
  Ticket,
  | 'kind'
  | 'vehicleClass'
  | 'nozzles'
  | 'plate'
  | 'retestDay'
  | 'booking'
  | 'useNo'
  | 'windowStart'
  | 'grams'
> & { readonly numbered: boolean }

/** Makes the row and tells the cloud; the caller puts the vehicle into the queue. */
export function openTicket(
  tx: Pick<LedgerTx, 'tickets' | 'outbox'>,
  { numbered, ...fresh }: NewTicket,
  { now, ids }: CommandContext,
): Ticket {
  const day = istDay(now.at)
  const ticket: Ticket = {
    ...fresh,
    id: ticketId(ids.uuid()),
    number: numbered ? tx.tickets.nextNumber(day) : null,
    day,
    state: 'waiting',
    arrivedAt: now.at,
    position: null,
    calledAt: null,
    closedAt: null,
    closedReason: null,
  }
  tx.tickets.add(ticket)
  const { kind, number, vehicleClass, nozzles, booking, arrivedAt } = ticket
  tx.outbox.append({
    kind: 'ticket.opened',
    entity: { type: 'ticket', uuid: ticket.id },
    body: { kind, number, vehicleClass, nozzles: [...nozzles], booking, arrivedAtMs: arrivedAt },
  })
  return ticket
}
