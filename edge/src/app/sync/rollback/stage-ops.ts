import type { CommandContext } from '../../../ports/ledger.ts'
import type { LedgerTx } from '../../../ports/ledger-tx.ts'
import type { PulledOp } from '../../../ports/rollback.ts'
import type { EpochStream } from '../../../ports/sync.ts'

type Tx = Pick<LedgerTx, 'sync'>

export type Where = {
  /** Up to here the cloud once had exactly our ops; 0 when this file knows nothing of the epoch. */
  readonly acked: number
  /** Chain value there; undefined when that op was pruned here. */
  readonly chain: string | undefined
}

/** `rollback.where`: from which op on a stream of any epoch has to be fetched. */
export function whereItEnds(tx: Tx, place: EpochStream & { readonly most: number }): Where {
  const { rollback } = tx.sync
  const acked = Math.min(rollback.acked(place), place.most)
  return { acked, chain: rollback.chainAt(place, acked) }
}

/** `rollback.stage`: keeps fetched ops apart until all of them are known to be ours. */
export function stageOps(
  tx: Tx,
  { place, ops }: { readonly place: EpochStream; readonly ops: readonly PulledOp[] },
  _context: CommandContext,
): null {
  tx.sync.rollback.stage(place, ops)
  return null
}

/** `rollback.clear`: a fetch begins anew. What is being replayed stays. */
export function clearStage(tx: Tx, _input: null, _context: CommandContext): null {
  if (tx.sync.rollback.plan() === null) tx.sync.rollback.clearStage()
  return null
}
