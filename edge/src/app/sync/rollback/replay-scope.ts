import type { LedgerOpBody, LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import type { Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../../ports/ledger.ts'
import type { LedgerTx } from '../../../ports/ledger-tx.ts'
import type { RollbackPlan } from '../../../ports/rollback.ts'

/** One fetched op on its way into the tables. */
export type ReplayScope = {
  /** Its outbox tells nobody: the cloud has this op. */
  readonly tx: LedgerTx
  /** The moment of the fact, not of its replay. */
  readonly context: CommandContext
  readonly at: Instant
  /** Id of the thing the op is about. */
  readonly uuid: string
  readonly plan: RollbackPlan
}

export type Replay<K extends LedgerOpKind> = (scope: ReplayScope, body: LedgerOpBody<K>) => void

/** The use-cases of the station write their ops; replayed, they write the rows alone. */
export function silent(tx: LedgerTx): LedgerTx {
  return { ...tx, outbox: { append: () => undefined, tell: () => undefined } }
}
