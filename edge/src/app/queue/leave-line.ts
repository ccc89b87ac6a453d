import { leaveQueue } from '@baari/shared/domain/dispatch/position-events'
import type { TicketId } from '@baari/shared/units/names'
import type { QueueChange } from './run-queue.ts'

/** Takes a vehicle out of the queue; one that is not in it, or is filling, stays as it is. */
export function withoutTicket(ticket: TicketId): QueueChange {
  return (state) => {
    const left = leaveQueue(state, ticket)
    return left.ok ? left.value : state
  }
}
