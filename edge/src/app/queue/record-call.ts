import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { Call } from '@baari/shared/domain/dispatch/next-call'
import { present } from '@baari/shared/faults/assert'
import type { AttendantId, PositionNo, TicketId } from '@baari/shared/units/names'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { callReasonOf } from './call-reason.ts'

type Tx = Pick<LedgerTx, 'queue' | 'outbox'>

export type CallToRecord = {
  readonly call: Call
  readonly outOfTurn?: CallReason['outOfTurn']
}

/** A call as a row with its whole explanation, and as an op. */
export function recordCall(
  tx: Tx,
  { call, outOfTurn }: CallToRecord,
  { now }: CommandContext,
): void {
  const { ticket, position, kind, explanation } = call
  const reason = callReasonOf(explanation, outOfTurn)
  const staged = kind === 'staged'
  tx.queue.addCall({
    ticket,
    position,
    staged,
    at: now.at,
    reason,
    explanation: JSON.stringify(explanation),
    undoneAt: null,
  })
  const { step, streak, limit } = reason
  tx.outbox.append({
    kind: 'ticket.called',
    entity: { type: 'ticket', uuid: ticket },
    body: { position, step, streak, limit, staged },
  })
}

export type CallTakenBack = { readonly ticket: TicketId; readonly by: AttendantId }

/** The newest call of a ticket no longer stands; answers where it had been called to. */
export function recordUndone(
  tx: Tx,
  { ticket, by }: CallTakenBack,
  { now }: CommandContext,
): PositionNo {
  const { position, reason } = present(tx.queue.callOf(ticket), 'call that is undone')
  const entity = { type: 'ticket', uuid: ticket } as const
  tx.queue.markUndone(ticket, now.at)
  tx.outbox.append({ kind: 'ticket.call_undone', entity, body: { position, by } })
  if (reason.outOfTurn !== undefined) {
    const { call } = reason.outOfTurn
    tx.outbox.append({ kind: 'ticket.out_of_turn_undone', entity, body: { call, by } })
  }
  return position
}
