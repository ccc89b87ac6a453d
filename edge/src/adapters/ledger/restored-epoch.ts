import { streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { chainStart, nextHash } from './chain-start.ts'
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
 * in one transaction, and its first op names them. When the cloud turns out to have more, the node
 * opens this epoch anew behind the cloud's heads. The file must not be open as a ledger.
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
      writeOpening(db, { station, epoch, prevEpoch, heads })
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

type Opening = Heads & { readonly station: number; readonly prevEpoch: string }

function writeOpening(db: Sqlite, { station, epoch, prevEpoch, heads }: Opening): void {
  const stream = 'ledger'
  // The newest time in the file: the command that restores knows no station time.
  const newest = db.prepare<[], number>('SELECT max(wall_ms) FROM outbox').pluck().get() ?? 0
  const named = heads.map(({ stream: name, seq, chain }) => ({ stream: name, seq, chain }))
  const line = { s: 1, k: 'epoch.opened', e: 0, t: newest, m: 0, b: { prevEpoch, heads: named } }
  const raw = Buffer.from(JSON.stringify(line), 'utf8')
  const hash = nextHash(chainStart({ station, epoch, stream }), raw)
  db.prepare(
    `INSERT INTO outbox (epoch, stream, seq, kind, entity_ref, raw, hash, wall_ms, mono_ms, boot_id)
     VALUES (?, ?, 1, 'epoch.opened', 0, ?, ?, ?, 0, 'restored')`,
  ).run(epoch, stream, raw, hash, newest)
  db.prepare('UPDATE outbox_head SET next_seq = 2, chain = ? WHERE epoch = ? AND stream = ?').run(
    hash,
    epoch,
    stream,
  )
}
