import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { delayOfWindow, startWhenLate } from '@baari/shared/domain/dispatch/delay-amendment'
import { joinQueue } from '@baari/shared/domain/dispatch/place-in-queue'
import { after, instant, millis, type Instant } from '@baari/shared/units/time'
import { delaysAt, latenessNow } from '../station/station-delay.ts'
import { ruleOf } from './queue-state.ts'
import type { QueueChange } from './run-queue.ts'

/** Puts a new ticket's vehicle into the queue its arrival gives it. */
export function joinLine(
  tx: Pick<LedgerTx, 'queue' | 'station' | 'serviceTimes' | 'delays'>,
  ticket: Ticket,
  { now }: CommandContext,
): QueueChange {
  const config = ruleOf(tx)
  const { id, windowStart, nozzles, vehicleClass } = ticket
  const promised = windowStart === null ? null : delayOfWindow(delaysAt(tx, now.at), windowStart)
  const lateEdge =
    windowStart === null
      ? undefined
      : after(windowStart, millis((promised ?? 0) + config.lateAfter))
  // With an uncertain clock nobody is late, so the arrival counts as within the window.
  const arrival: Instant =
    lateEdge === undefined || now.trusted || ticket.kind === 'walk-in'
      ? ticket.arrivedAt
      : instant(Math.min(ticket.arrivedAt, lateEdge))
  const arrived = { ticket: id, arrival, nozzles, vehicleClass }
  if (windowStart === null || promised === null) {
    return (state) => joinQueue(state, arrived, config)
  }
  return (state) => {
    const present = promised === 0 ? promised : latenessNow(tx, state, now.at)
    const start = startWhenLate(windowStart, { arrival, present, promised })
    return joinQueue(state, { ...arrived, windowStart: start }, config)
  }
}
