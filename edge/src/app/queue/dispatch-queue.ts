import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { CallMade } from './call-made.ts'
import { runQueue } from './run-queue.ts'
import { watchQueue } from './watch-queue.ts'

export type DispatchQueue = { readonly positions: readonly PositionFacts[] }

/** A round of the rule, after every change of a position and every few seconds. */
export function dispatchQueue(
  tx: LedgerTx,
  { positions }: DispatchQueue,
  context: CommandContext,
): { readonly calls: readonly CallMade[] } {
  const calls = runQueue(tx, positions, { context })
  watchQueue(tx, context)
  return { calls }
}
