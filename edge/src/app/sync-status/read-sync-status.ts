import type { CommandContext } from '../../ports/ledger.ts'
import type { DigestStore } from '../../ports/digests.ts'
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
  tx: Pick<LedgerTx, 'outboxHeads' | 'fillTotals' | 'digests'>,
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
    lastProof: lastProofOf(tx.digests.lastProof()),
    conflicts: tx.digests
      .conflicts(conflictsShown)
      .map(({ at, ...conflict }) => ({ ...conflict, atMs: at })),
  }
}

const conflictsShown = 20

function lastProofOf(last: ReturnType<DigestStore['lastProof']>): SyncStatus['lastProof'] {
  if (last === undefined) return null
  const { outcome, rows, found } = last.record
  const shown = found.map(({ set, key, day, mended }) => ({ set, key, day, mended }))
  return { atMs: last.at, outcome, rows, found: shown }
}

const endOfTime = instant(Number.MAX_SAFE_INTEGER)
