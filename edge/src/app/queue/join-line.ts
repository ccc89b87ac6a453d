import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { joinQueue } from '@baari/shared/domain/dispatch/place-in-queue'
import { after, instant, type Instant } from '@baari/shared/units/time'
import { delayOf } from '../station/settings-of.ts'
import { ruleOf } from './queue-state.ts'
import type { QueueChange } from './run-queue.ts'

/** Puts a new ticket's vehicle into the queue its arrival gives it. */
export function joinLine(
  tx: Pick<LedgerTx, 'queue' | 'station'>,
  ticket: Ticket,
  { now }: CommandContext,
): QueueChange {
  const config = ruleOf(tx)
  const { id, windowStart, nozzles, vehicleClass } = ticket
  const start = windowStart === null ? undefined : after(windowStart, delayOf(tx, now.at))
  const lateEdge = start === undefined ? undefined : after(start, config.lateAfter)
  // With an uncertain clock nobody is late, so the arrival counts as within the window.
  const arrival: Instant =
    lateEdge === undefined || now.trusted || ticket.kind === 'walk-in'
      ? ticket.arrivedAt
      : instant(Math.min(ticket.arrivedAt, lateEdge))
  const arrived = { ticket: id, arrival, nozzles, vehicleClass }
  return (state) =>
    joinQueue(state, start === undefined ? arrived : { ...arrived, windowStart: start }, config)
}
