import type { OutOfTurnAnswer } from '@baari/shared/contracts/http/edge-api'
import { isToldFully, type OutOfTurnTold } from '@baari/shared/domain/dispatch/out-of-turn'
import { overrideCall, type OverrideMade } from '@baari/shared/domain/dispatch/override-call'
import { present } from '@baari/shared/faults/assert'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId, PositionNo, TicketId } from '@baari/shared/units/names'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { ticketViewOf } from '../ticket/ticket-view.ts'
import type { CallMade } from './call-made.ts'
import { outOfTurnBody } from './out-of-turn-body.ts'
import { loadQueue, momentOf } from './queue-state.ts'
import { recordCall, recordUndone } from './record-call.ts'
import { runQueue } from './run-queue.ts'
import { syncPositions } from './sync-positions.ts'

export type CallOutOfTurn = OutOfTurnTold & {
  readonly ticket: TicketId
  readonly position: PositionNo
  /** Who stood at the screen. */
  readonly by: AttendantId
  /** Whose PIN allowed it. */
  readonly manager: AttendantId
  readonly positions: readonly PositionFacts[]
}

export type CalledOutOfTurn = OutOfTurnAnswer & {
  /** Who must be withdrawn from the position; null when nobody had been called there. */
  readonly displaced: TicketId | null
  readonly calls: readonly CallMade[]
}

/**
 * `call.outOfTurn`: a manager sends a waiting vehicle to a position before the others. Explanation,
 * reason and both people are on record in the transaction of the queue's state. It is a call like
 * any other: it can be undone for 60 s, and gas still needs every interlock and both acts.
 */
export function callOutOfTurn(
  tx: LedgerTx,
  input: CallOutOfTurn,
  context: CommandContext,
): Result<CalledOutOfTurn, Refusal> {
  const { ticket: id, position, manager, positions } = input
  if (tx.attendants.byId(manager)?.role !== 'manager') return err(refusal('not_allowed'))
  if (!isToldFully(input)) return err(refusal('note_missing'))
  const moment = momentOf(tx, context.now.at)
  const seen = syncPositions(loadQueue(tx), positions, context.now.at)
  const made = overrideCall(seen, { ticket: id, position, ...moment })
  if (!made.ok) return made
  record(tx, { input, made: made.value }, context)
  const calls = runQueue(tx, positions, { context, change: () => made.value.state })
  return ok({
    ticket: ticketViewOf(present(tx.tickets.byId(id), 'ticket')),
    position,
    staged: made.value.call.kind === 'staged',
    displaced: made.value.displaced ?? null,
    calls,
  })
}

type Made = { readonly input: CallOutOfTurn; readonly made: OverrideMade }

function record(tx: LedgerTx, { input, made }: Made, context: CommandContext): void {
  const { ticket, position, reason, note, by, manager } = input
  const { call, displaced } = made
  if (displaced !== undefined) recordUndone(tx, { ticket: displaced, by: manager }, context)
  const outOfTurn = { call: context.ids.uuid(), reason, note }
  recordCall(tx, { call, outOfTurn }, context)
  tx.outbox.append({
    kind: 'ticket.called_out_of_turn',
    entity: { type: 'ticket', uuid: ticket },
    body: outOfTurnBody(tx, { ...outOfTurn, made, by, manager }),
  })
  tx.station.audit({
    at: context.now.at,
    by: manager,
    what: 'call.out_of_turn',
    about: ticket,
    facts: { position, reason, note, asked: by, displaced: displaced ?? null },
  })
}
