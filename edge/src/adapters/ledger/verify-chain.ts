import { chainStart, nextHash } from './chain-start.ts'
import type { Sqlite } from './open-database.ts'

export type ChainFlaw = {
  readonly epoch: string
  readonly stream: string
  readonly seq: number
  readonly flaw: 'gap' | 'hash' | 'head'
}

type Head = {
  readonly epoch: string
  readonly stream: string
  readonly next_seq: number
  readonly chain: Buffer
}

type Op = { readonly seq: number; readonly raw: Buffer; readonly hash: Buffer }

/**
 * Recomputes the hash chain of every stream (sync.md section 7.1) and answers the first flaw of
 * each; none means that no op was lost, changed or reordered. Where old ops were pruned the chain
 * is taken up at the oldest one kept. Rows are read one by one, so memory stays flat.
 */
export function verifyChain(db: Sqlite, station: number): readonly ChainFlaw[] {
  const heads = db.prepare<[], Head>('SELECT epoch, stream, next_seq, chain FROM outbox_head').all()
  return heads.flatMap((head) => flawOf(db, head, station) ?? [])
}

function flawOf(db: Sqlite, head: Head, station: number): ChainFlaw | undefined {
  const { epoch, stream } = head
  const flaw = (seq: number, kind: ChainFlaw['flaw']): ChainFlaw => ({
    epoch,
    stream,
    seq,
    flaw: kind,
  })
  let last = { seq: 0, hash: chainStart({ ...head, station }) }
  for (const op of opsOf(db, head)) {
    const pruned = last.seq === 0 && op.seq > 1
    if (!pruned && op.seq !== last.seq + 1) return flaw(last.seq + 1, 'gap')
    // The bytes of an erased scan are gone on purpose; what follows is chained to its hash.
    const erased = op.raw.length === 0
    if (!pruned && !erased && !nextHash(last.hash, op.raw).equals(op.hash)) {
      return flaw(op.seq, 'hash')
    }
    last = op
  }
  if (last.seq !== head.next_seq - 1) return flaw(last.seq + 1, 'gap')
  return last.hash.equals(head.chain) ? undefined : flaw(last.seq, 'head')
}

function opsOf(db: Sqlite, { epoch, stream }: Head): IterableIterator<Op> {
  return db
    .prepare<[string, string], Op>(
      'SELECT seq, raw, hash FROM outbox WHERE epoch = ? AND stream = ? ORDER BY seq',
    )
    .iterate(epoch, stream)
}
