import { maxBatchBytes } from '@baari/shared/contracts/sync/uplink'
import type { StreamHead } from '@baari/shared/contracts/sync/session'
import type { CommandContext } from '../../../ports/ledger.ts'
import type { LedgerTx } from '../../../ports/ledger-tx.ts'
import type { EpochStream, OutboxRun } from '../../../ports/sync.ts'

type Tx = Pick<LedgerTx, 'sync'>

/** Room for the batch's first line below the bound of the contract. */
const headBytes = 1_000

/** `epoch.run`: ops of an epoch that was left before the cloud had all of it. */
export function readRun(
  tx: Tx,
  ask: EpochStream & { readonly from: number; readonly ops: number },
  _context: CommandContext,
): OutboxRun | null {
  const bound = { ops: ask.ops, bytes: maxBatchBytes - headBytes }
  return tx.sync.rollback.runFrom(ask, ask.from, bound) ?? null
}

export type PastEpoch = {
  /** Every head the cloud told lies on this file's own chain: the cloud is behind, not we. */
  readonly cloudIsBehind: boolean
  /** The epoch of this file that follows, with the heads it names. */
  readonly follower: { readonly epoch: string; readonly prevHeads: readonly StreamHead[] } | null
}

/** `epoch.past`: how the cloud's heads of an epoch that this file has left stand to it. */
export function lookAtPast(
  tx: Tx,
  { epoch, heads }: { readonly epoch: string; readonly heads: readonly StreamHead[] },
  _context: CommandContext,
): PastEpoch {
  const { rollback, epochs } = tx.sync
  const own = epochs.current()
  const isOurs = ({ stream, seq, chain }: StreamHead): boolean =>
    rollback.chainAt({ epoch, stream }, seq) === chain
  const named = rollback.follower(epoch)
  const follower =
    named ?? (own.prevEpoch === epoch ? { epoch: own.epoch, prevHeads: own.prevHeads } : undefined)
  const cloudIsBehind = epoch !== own.epoch && follower !== undefined && heads.every(isOurs)
  return { cloudIsBehind, follower: follower ?? null }
}
