import { streamHead, streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { present } from '@baari/shared/faults/assert'
import { z } from 'zod'
import type { EpochStore } from '../../ports/sync.ts'
import type { LedgerSession } from './ledger-session.ts'
import { openHead } from './outbox-epoch.ts'

type MetaRow = {
  readonly epoch: string
  readonly prev_epoch: string | null
  readonly prev_heads: string | null
  readonly generation: number
  readonly fenced: number
}

const heads = z.array(streamHead)

export function epochStoreOf(session: LedgerSession): EpochStore {
  const { sqlite, boot } = session
  const read = sqlite.prepare<[], MetaRow>(
    'SELECT epoch, prev_epoch, prev_heads, generation, fenced FROM sync_meta WHERE id = 1',
  )
  const generation = sqlite.prepare('UPDATE sync_meta SET generation = ? WHERE id = 1')
  const fenced = sqlite.prepare('UPDATE sync_meta SET fenced = ? WHERE id = 1')
  const open = sqlite.prepare(
    'UPDATE sync_meta SET prev_epoch = epoch, prev_heads = ?, epoch = ? WHERE id = 1',
  )
  const pulled = sqlite.prepare(
    `INSERT INTO outbox (epoch, stream, seq, kind, entity_ref, raw, hash, wall_ms, mono_ms, boot_id)
     VALUES (?, ?, ?, ?, 0, ?, ?, 0, 0, ?) ON CONFLICT DO NOTHING`,
  )
  const head = sqlite.prepare(
    `UPDATE outbox_head SET next_seq = max(next_seq, ?), acked_seq = max(acked_seq, ?), chain = ?
     WHERE epoch = ? AND stream = ?`,
  )

  return {
    current() {
      const row = present(read.get(), 'sync_meta')
      return {
        epoch: row.epoch,
        prevEpoch: row.prev_epoch,
        prevHeads: parseHeads(row.prev_heads),
        generation: row.generation,
        fenced: row.fenced === 1,
      }
    },
    setGeneration: (value) => void generation.run(value),
    setFenced: (value) => void fenced.run(value ? 1 : 0),
    open(epoch, prevHeads) {
      open.run(JSON.stringify(prevHeads), epoch)
      for (const stream of streams) openHead(session, { epoch, stream })
    },
    savePulled({ epoch, stream }, ops) {
      for (const { seq, kind, raw, hash } of ops) {
        pulled.run(epoch, stream, seq, kind, raw, Buffer.from(hash, 'hex'), boot)
      }
      const last = ops.at(-1)
      if (last === undefined) return
      head.run(last.seq + 1, last.seq, Buffer.from(last.hash, 'hex'), epoch, stream)
    },
  }
}

function parseHeads(json: string | null): readonly StreamHead[] {
  return json === null ? [] : heads.parse(JSON.parse(json))
}
