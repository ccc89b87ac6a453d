import type { StateValue } from '@baari/shared/contracts/sync/stream-ops'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

export type StateChange = { readonly key: string; readonly value: StateValue }

/** Keys a station tells of; more means that somebody invents them. */
const keysMax = 1_000
const perFlush = 200

type Tx = Pick<LedgerTx, 'latestState' | 'outbox'>

/**
 * Keeps the latest value of each key. Nothing is written to the stream yet: what changes ten times
 * while the link is down is sent once (sync.md 4.2).
 */
export function keepState(
  tx: Pick<LedgerTx, 'latestState'>,
  { changes }: { readonly changes: readonly StateChange[] },
  { now }: CommandContext,
): { readonly kept: number } {
  let kept = 0
  for (const { key, value } of changes) {
    if (!tx.latestState.has(key) && tx.latestState.count() >= keysMax) continue
    tx.latestState.save({ key, value, at: now.at, mono: now.mono })
    kept += 1
  }
  return { kept }
}

/** Gives the values that changed since the last flush their places in the stream. */
export function flushState(tx: Tx, _input: object, _context: CommandContext) {
  const pending = tx.latestState.pending(perFlush)
  for (const { key, value, at, mono } of pending) {
    const when = { at, mono }
    tx.outbox.tell({ stream: 'state', kind: 'state.set', body: { key, value }, when })
  }
  tx.latestState.told(pending.map(({ key }) => key))
  return { flushed: pending.length }
}
