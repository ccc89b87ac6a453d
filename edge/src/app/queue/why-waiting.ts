import type { WhyWaiting } from '@baari/shared/contracts/http/edge-api'
import { boardOf } from '@baari/shared/domain/dispatch/board'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { TicketId } from '@baari/shared/units/names'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Overtaker } from '../../ports/queue-store.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { labelOf, ticketViewOf } from '../ticket/ticket-view.ts'
import { loadQueue, momentOf } from './queue-state.ts'

const overtakersShown = 20
/** Nobody further back asks for the exact place; the rule would be played for each of them. */
const placesCounted = 200

/** Why this vehicle waits while others go: the rule's own records, read out (lanes.md section 1). */
export function whyWaiting(
  tx: LedgerTx,
  { ticket: id }: { readonly ticket: TicketId },
  { now }: CommandContext,
): Result<WhyWaiting, Refusal> {
  const ticket = tx.tickets.byId(id)
  if (ticket === undefined || ticket.state === 'closed') return err(refusal('ticket_unknown'))
  const state = loadQueue(tx)
  const { rule, next } = boardOf(state, momentOf(tx, now.at), placesCounted)
  const place = next.indexOf(id)
  const overtakers = tx.queue.overtakersSince(ticket.arrivedAt).filter((one) => one.id !== id)
  return ok({
    ticket: ticketViewOf(ticket),
    place: place < 0 ? null : place + 1,
    rule,
    positions: fittingPositions(state, ticket),
    overtakenBy: overtakers.filter((one) => one.arrivedAt > ticket.arrivedAt).length,
    outOfTurn: overtakers.filter(({ reason }) => reason.outOfTurn !== undefined).length,
    overtakers: overtakers.slice(0, overtakersShown).map(shown),
  })
}

function fittingPositions({ positions }: DispatchState, ticket: Ticket): WhyWaiting['positions'] {
  const fitting = positions.filter(({ nozzles }) =>
    nozzles.some((nozzle) => ticket.nozzles.includes(nozzle)),
  )
  const working = fitting.filter(({ service }) => service === 'open')
  return { fitting: fitting.length, working: working.length }
}

function shown(one: Overtaker): WhyWaiting['overtakers'][number] {
  const { kind, windowStart, arrivedAt, calledAt, position, reason } = one
  return {
    ...{ label: labelOf(one), kind, position, reason },
    windowStartMs: windowStart,
    arrivedAtMs: arrivedAt,
    calledAtMs: calledAt,
  }
}
