import { streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { chainStart } from './chain-start.ts'
import type { Sqlite } from './open-database.ts'

export type RestoredFile = {
  readonly station: number
  /** Name of the backup, kept for a person. */
  readonly from: string
  /** A new random id, lower-case hex. */
  readonly epoch: string
}

/**
 * The restored history goes on under a new epoch that follows the old one's heads (sync.md 7.5),
 * in one transaction. The file must not be open as a ledger.
 */
export function openRestoredEpoch(
  db: Sqlite,
  { station, from, epoch }: RestoredFile,
): { readonly prevEpoch: string; readonly epoch: string } {
  return db
    .transaction(() => {
      const { epoch: prevEpoch, heads } = headsOf(db)
      db.prepare(
        `UPDATE sync_meta SET epoch = ?, prev_epoch = ?, prev_heads = ?, generation = 0,
         restored_from = ?`,
      ).run(epoch, prevEpoch, JSON.stringify(heads), from)
      const open = db.prepare(
        'INSERT INTO outbox_head (epoch, stream, next_seq, acked_seq, chain) VALUES (?, ?, 1, 0, ?)',
      )
      for (const stream of streams) open.run(epoch, stream, chainStart({ station, epoch, stream }))
      return { prevEpoch, epoch }
    })
    .immediate()
}

type Heads = { readonly epoch: string; readonly heads: readonly StreamHead[] }

function headsOf(db: Sqlite): Heads {
  const epoch = db.prepare<[], string>('SELECT epoch FROM sync_meta').pluck().get() ?? ''
  const heads = db
    .prepare<[string], StreamHead>(
      `SELECT epoch, stream, next_seq - 1 AS seq, lower(hex(chain)) AS chain
       FROM outbox_head WHERE epoch = ?`,
    )
    .all(epoch)
  return { epoch, heads }
}
