import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import type { QueueChange } from '../queue/run-queue.ts'
import type { ScanInput } from './scan-input.ts'

export type ScanScope = {
  readonly tx: LedgerTx
  readonly input: ScanInput
  readonly context: CommandContext
}

export type Acted = {
  /** The ticket the vehicle has or was given. */
  readonly ticket: Ticket['id'] | null
  /** What the queue must take over; null when nothing moved in it. */
  readonly change: QueueChange | null
  /** The scan gave a place or a use, and may be taken back. */
  readonly undoable: boolean
}
