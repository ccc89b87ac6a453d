import type { Decision } from '../../domain/check-in/decision.ts'
import { present } from '@baari/shared/faults/assert'
import { withoutTicket } from '../queue/leave-line.ts'
import type { QueueChange } from '../queue/run-queue.ts'
import { closeTicket } from '../ticket/close-ticket.ts'
import type { Acted, ScanScope } from './scan-scope.ts'

/**
 * A vehicle drives off: an event each time, and an exit before the first gram is a void, because a
 * vehicle that is gone holds no place. A ticket whose gas flows stays: the hose says it is here.
 */
export function storeExit({ tx, input, context }: ScanScope, decision: Decision): Acted {
  const { id } = present(decision.booking, 'booking of an exit')
  const { lane } = input
  tx.checkIns.addGateEvent({ booking: id, direction: 'exit', lane, at: context.now.at })
  tx.outbox.append({
    kind: 'gate.exited',
    entity: { type: 'booking', uuid: id },
    body: { booking: id, lane },
  })
  const gone = tx.tickets.openOfBooking(id).filter(({ state }) => state !== 'filling')
  for (const { id: ticket } of gone) closeTicket(tx, { ticket, reason: 'void' }, context)
  const change: QueueChange = (state) =>
    gone.reduce((next, { id: ticket }) => withoutTicket(ticket)(next), state)
  return { ticket: null, change: gone.length > 0 ? change : null, undoable: false }
}
