import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { nextCall, type Call } from '@baari/shared/domain/dispatch/next-call'
import { sweepMissed } from '@baari/shared/domain/dispatch/skip-and-recall'
import { watchDelay } from '../station/station-delay.ts'
import { closeTicket } from '../ticket/close-ticket.ts'
import type { CallMade } from './call-made.ts'
import { loadQueue, momentOf, saveQueue } from './queue-state.ts'
import { recordCall } from './record-call.ts'
import { showPlaces } from './show-places.ts'
import { syncPositions } from './sync-positions.ts'

/** More calls than positions and staging places cannot be made in one round. */
const callsMax = 64

export type QueueChange = (state: DispatchState) => DispatchState

/**
 * One round of the rule in the command's transaction: takes the change and what the controllers
 * see, skips who did not come, makes every call there is, and writes tickets, calls and outbox.
 */
export function runQueue(
  tx: LedgerTx,
  positions: readonly PositionFacts[],
  {
    context,
    change = (state) => state,
  }: { readonly context: CommandContext; readonly change?: QueueChange },
): readonly CallMade[] {
  const { now } = context
  const moment = momentOf(tx, now.at)
  const before = loadQueue(tx)
  const swept = sweepMissed(syncPositions(change(before), positions, now.at), moment)
  const { state, calls } = callAll(swept.state, moment)
  for (const call of calls) recordCall(tx, { call }, context)
  const made = showPlaces(tx, state, context)
  for (const ticket of swept.skipped) recordSkip(tx, ticket)
  for (const ticket of swept.closed) closeTicket(tx, { ticket, reason: 'skip-close' }, context)
  saveQueue(tx, before, watchDelay(tx, state, context))
  return made
}

function callAll(
  start: DispatchState,
  { now, config }: ReturnType<typeof momentOf>,
): { readonly state: DispatchState; readonly calls: readonly Call[] } {
  const calls: Call[] = []
  let state = start
  while (calls.length < callsMax) {
    const step = nextCall(state, now, config)
    state = step.state
    if (!step.call) break
    calls.push(step.call)
  }
  return { state, calls }
}

function recordSkip(tx: LedgerTx, ticket: CallMade['ticket']): void {
  const missed = tx.queue.callOf(ticket)
  if (!missed) return
  tx.outbox.append({
    kind: 'ticket.skipped',
    entity: { type: 'ticket', uuid: ticket },
    body: { position: missed.position },
  })
}
