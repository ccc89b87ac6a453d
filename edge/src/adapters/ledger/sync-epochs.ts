import { streamHead, streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { present } from '@baari/shared/faults/assert'
import { z } from 'zod'
import type { EpochStore } from '../../ports/sync.ts'
import type { LedgerSession } from './ledger-session.ts'
import { openHead } from './outbox-epoch.ts'
import { chainStart } from './sync-uplink.ts'

type MetaRow = {
  readonly epoch: string
  readonly prev_epoch: string | null
  readonly prev_heads: string | null
  readonly generation: number
  readonly fenced: number
}

const heads = z.array(streamHead)

export function epochStoreOf(session: LedgerSession): EpochStore {
  const { sqlite, station } = session
  const read = sqlite.prepare<[], MetaRow>(
    'SELECT epoch, prev_epoch, prev_heads, generation, fenced FROM sync_meta WHERE id = 1',
  )
  const generation = sqlite.prepare('UPDATE sync_meta SET generation = ? WHERE id = 1')
  const fenced = sqlite.prepare('UPDATE sync_meta SET fenced = ? WHERE id = 1')
  const open = sqlite.prepare(
    'UPDATE sync_meta SET prev_epoch = ?, prev_heads = ?, epoch = ? WHERE id = 1',
  )
  const acked = sqlite.prepare<[string], Pick<StreamHead, 'stream' | 'seq'>>(
    'SELECT stream, acked_seq AS seq FROM outbox_head WHERE epoch = ? ORDER BY stream',
  )
  const tail = sqlite.prepare<[string, string], { readonly seq: number; readonly hash: Buffer }>(
    'SELECT seq, hash FROM outbox WHERE epoch = ? AND stream = ? ORDER BY seq DESC LIMIT 1',
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
        acked: acked.all(row.epoch),
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
    open(epoch, { prevEpoch, prevHeads }) {
      open.run(prevEpoch, JSON.stringify(prevHeads), epoch)
      for (const stream of streams) openHead(session, { epoch, stream })
    },
  }
}

function parseHeads(json: string | null): readonly StreamHead[] {
  return json === null ? [] : heads.parse(JSON.parse(json))
}
