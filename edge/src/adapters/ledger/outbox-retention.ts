import type { UplinkStore } from '../../ports/sync.ts'
import { boundLimit } from './bound-limit.ts'
import type { LedgerSession } from './ledger-session.ts'

type Head = { readonly epoch: string; readonly stream: string; readonly acked_seq: number }
type OldOp = { readonly seq: number; readonly wall_ms: number }

/** What of the outbox may go: raw texts after 30 days, acknowledged ops after 35 (sync.md 4.2). */
export function outboxRetention({
  sqlite,
}: LedgerSession): Pick<UplinkStore, 'eraseScanTexts' | 'prune'> {
  const erase = sqlite.prepare<[number, number]>(
    `UPDATE outbox SET raw = x'' WHERE (epoch, stream, seq) IN (
       SELECT o.epoch, o.stream, o.seq FROM outbox o JOIN outbox_head h USING (epoch, stream)
       WHERE o.kind = 'scan.failed' AND length(o.raw) > 0 AND o.wall_ms < ?
         AND o.seq <= h.acked_seq ORDER BY o.wall_ms ${boundLimit})`,
  )
  const heads = sqlite.prepare<[], Head>('SELECT epoch, stream, acked_seq FROM outbox_head')
  // The newest acknowledged op stays: the next batch proves by its hash where it continues.
  const oldest = sqlite.prepare<[string, string, number, number], OldOp>(
    `SELECT seq, wall_ms FROM outbox WHERE epoch = ? AND stream = ? AND seq < ?
     ORDER BY seq ${boundLimit}`,
  )
  const drop = sqlite.prepare<[string, string, number]>(
    'DELETE FROM outbox WHERE epoch = ? AND stream = ? AND seq <= ?',
  )
  const forget = sqlite.prepare<[string, string, number]>(
    'DELETE FROM op_result WHERE epoch = ? AND stream = ? AND seq <= ?',
  )

  return {
    eraseScanTexts: (before, limit) => erase.run(before, limit).changes,
    prune(before, limit) {
      let left = limit
      for (const { epoch, stream, acked_seq: acked } of heads.all()) {
        const old = oldest.all(epoch, stream, acked, left)
        // Ops are in the order they were written; a clock that jumped ends the run early.
        const young = old.findIndex(({ wall_ms: wallMs }) => wallMs >= before)
        const last = (young < 0 ? old : old.slice(0, young)).at(-1)
        if (last === undefined) continue
        left -= drop.run(epoch, stream, last.seq).changes
        forget.run(epoch, stream, last.seq)
      }
      return limit - left
    },
  }
}
