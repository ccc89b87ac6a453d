import { streamHead, streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { present } from '@baari/shared/faults/assert'
import { z } from 'zod'
import type { EpochStore } from '../../ports/sync.ts'
import type { LedgerSession } from './ledger-session.ts'
import { openHead } from './outbox-epoch.ts'
import { chainStart, outboxRuns } from './sync-uplink.ts'

type MetaRow = {
  readonly epoch: string
  readonly prev_epoch: string | null
  readonly prev_heads: string | null
  readonly generation: number
  readonly fenced: number
}

const heads = z.array(streamHead)

export function epochStoreOf(session: LedgerSession): EpochStore {
  const { sqlite, boot, station } = session
  const read = sqlite.prepare<[], MetaRow>(
    'SELECT epoch, prev_epoch, prev_heads, generation, fenced FROM sync_meta WHERE id = 1',
  )
  const generation = sqlite.prepare('UPDATE sync_meta SET generation = ? WHERE id = 1')
  const fenced = sqlite.prepare('UPDATE sync_meta SET fenced = ? WHERE id = 1')
  const open = sqlite.prepare(
    'UPDATE sync_meta SET prev_epoch = ?, prev_heads = ?, epoch = ? WHERE id = 1',
  )
  const follow = sqlite.prepare('UPDATE sync_meta SET prev_epoch = ?, prev_heads = ? WHERE id = 1')
  const pulled = sqlite.prepare(
    `INSERT INTO outbox (epoch, stream, seq, kind, entity_ref, raw, hash, wall_ms, mono_ms, boot_id)
     VALUES (?, ?, ?, ?, 0, ?, ?, 0, 0, ?) ON CONFLICT DO NOTHING`,
  )
  const tail = sqlite.prepare<[string, string], { readonly seq: number; readonly hash: Buffer }>(
    'SELECT seq, hash FROM outbox WHERE epoch = ? AND stream = ? ORDER BY seq DESC LIMIT 1',
  )
  const head = sqlite.prepare(
    `INSERT INTO outbox_head (next_seq, acked_seq, chain, epoch, stream) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET next_seq = excluded.next_seq, acked_seq = excluded.acked_seq,
       chain = excluded.chain`,
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
    tail({ epoch, stream }) {
      const row = tail.get(epoch, stream)
      return row === undefined
        ? { seq: 0, chain: chainStart({ station, epoch, stream }) }
        : { seq: row.seq, chain: row.hash.toString('hex') }
    },
    runFrom: outboxRuns(session).runFrom,
    follow({ prevEpoch, prevHeads }) {
      follow.run(prevEpoch, JSON.stringify(prevHeads))
    },
    open(epoch, { prevEpoch, prevHeads }) {
      open.run(prevEpoch, JSON.stringify(prevHeads), epoch)
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
