import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'
import { instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { LinkFacts } from '../desk/desk-commands.ts'

/**
 * What head office has of this ledger, and the station's own totals, so that both sides can be
 * compared by eye. Totals count from the file's first fill.
 */
export function readSyncStatus(
  tx: Pick<LedgerTx, 'outboxHeads' | 'fillTotals'>,
  { link }: { readonly link: LinkFacts },
  { now }: CommandContext,
): SyncStatus {
  const unsent = tx.outboxHeads.unsent()
  const { fills, grams, amountPaise } = tx.fillTotals.totals(instant(0), instant(now.at + 1))
  return {
    linkUp: link.up,
    lastExchangeMs: link.lastExchangeMs,
    epoch: tx.outboxHeads.epoch(),
    streams: tx.outboxHeads
      .heads()
      .map(({ stream, nextSeq, ackedSeq, chain }) => ({ stream, nextSeq, ackedSeq, chain })),
    unsentOps: unsent.ops,
    oldestUnsentMs: unsent.oldest,
    totals: { fills, grams, amountPaise },
  }
}
