import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { undoCall as takeBack } from '@baari/shared/domain/dispatch/undo-call'
import { ok, type Result } from '@baari/shared/faults/result'
import type { Refusal } from '@baari/shared/faults/no'
import type { AttendantId, PositionNo, TicketId } from '@baari/shared/units/names'
import { loadQueue, momentOf, saveQueue } from './queue-state.ts'
import { recordUndone } from './record-call.ts'
import { showPlaces } from './show-places.ts'

export type UndoCall = {
  readonly ticket: TicketId
  readonly by: AttendantId
  readonly positions: readonly PositionFacts[]
}

export type CallUndone = {
  /** The position that must be cleared: an authorise there is cancelled. */
  readonly position: PositionNo
  readonly calls: readonly []
}

/**
 * Takes a wrong call back within 60 s and before the first gram: the vehicle has its old place and
 * the streak its old value. No call follows in the same breath, or the rule would only repeat
 * itself; the next round of `queue.dispatch` decides anew.
 */
export function undoCall(
  tx: LedgerTx,
  { ticket, by }: UndoCall,
  context: CommandContext,
): Result<CallUndone, Refusal> {
  const { now } = context
  const before = loadQueue(tx)
  const undone = takeBack(before, ticket, momentOf(tx, now.at))
  if (!undone.ok) return undone
  const position = recordUndone(tx, { ticket, by }, context)
  tx.station.audit({ at: now.at, by, what: 'call.undone', about: ticket, facts: { position } })
  showPlaces(tx, undone.value, context)
  saveQueue(tx, before, undone.value)
  return ok({ position, calls: [] })
}
