import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'
import { instant, type Instant } from '@baari/shared/units/time'

export type ReadSyncStatus = {
  readonly link: {
    readonly up: boolean
    readonly lastExchangeMs: Instant | null
    readonly uplink?: string
  }
}

/** How far the cloud has followed, and what this station sold in all, for comparing both sides. */
export function readSyncStatus(
  tx: Pick<LedgerTx, 'outboxHeads' | 'fillTotals'>,
  { link }: ReadSyncStatus,
  _context: CommandContext,
): SyncStatus {
  const unsent = tx.outboxHeads.unsent()
  const { fills, grams, amountPaise } = tx.fillTotals.totals(instant(0), endOfTime)
  return {
    linkUp: link.up,
    lastExchangeMs: link.lastExchangeMs,
    uplink: link.uplink ?? 'alone',
    epoch: tx.outboxHeads.epoch(),
    streams: tx.outboxHeads.heads().map(({ stream, nextSeq, ackedSeq, chain }) => ({
      stream,
      nextSeq,
      ackedSeq,
      chain,
    })),
    unsentOps: unsent.ops,
    oldestUnsentMs: unsent.oldest,
    totals: { fills, grams, amountPaise },
  }
}

const endOfTime = instant(Number.MAX_SAFE_INTEGER)
