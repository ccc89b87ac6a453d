import type { OutboxHead, OutboxHeads } from '../../ports/outbox-heads.ts'
import { streams, type Stream } from '@baari/shared/contracts/sync/session'
import { assert, present } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import { randomBytes } from 'node:crypto'
import { chainStart } from './chain-start.ts'
import type { LedgerSession } from './ledger-session.ts'
import { outboxHead, syncMeta } from './schema/sync.ts'

export const epochBytes = 16

/**
 * The epoch this file writes in; a new file gets a random one with empty heads. A file of another
 * station is a bug of whoever copied it here, and stops the node before it writes anything.
 */
export function currentEpoch(
  session: LedgerSession,
  newEpoch = (): string => randomBytes(epochBytes).toString('hex'),
): string {
  const known = session.db.select().from(syncMeta).get()
  assert(!known || known.stationNo === session.station, 'the ledger file is of another station')
  if (known) return known.epoch
  const epoch = newEpoch()
  session.db.insert(syncMeta).values({ id: 1, stationNo: session.station, epoch }).run()
  for (const stream of streams) openHead(session, { epoch, stream })
  return epoch
}

/** Starts a stream at its chain head. */
export function openHead(
  { db, station }: LedgerSession,
  { epoch, stream }: { readonly epoch: string; readonly stream: Stream },
): void {
  const chain = chainStart({ station, epoch, stream })
  db.insert(outboxHead).values({ epoch, stream, nextSeq: 1, ackedSeq: 0, chain }).run()
}

type HeadRow = Omit<OutboxHead, 'chain'> & { readonly chain: Buffer }
type Unsent = { readonly ops: number; readonly oldest: number | null }

/** Read around every batch of the uplink, so compiled once and read raw. */
export function outboxHeadsOf({ sqlite }: LedgerSession, epoch: string): OutboxHeads {
  const heads = sqlite.prepare<[string], HeadRow>(
    `SELECT epoch, stream, next_seq AS nextSeq, acked_seq AS ackedSeq, chain FROM outbox_head
     WHERE epoch = ?`,
  )
  const unsent = sqlite.prepare<[string], Unsent>(
    `SELECT coalesce(sum(h.next_seq - 1 - h.acked_seq), 0) AS ops,
       min((SELECT wall_ms FROM outbox o
         WHERE o.epoch = h.epoch AND o.stream = h.stream AND o.seq = h.acked_seq + 1)) AS oldest
     FROM outbox_head h WHERE h.epoch = ?`,
  )

  const waits = sqlite
    .prepare<[string], number>(
      'SELECT 1 FROM outbox_head WHERE epoch = ? AND next_seq - 1 > acked_seq LIMIT 1',
    )
    .pluck()

  return {
    epoch: () => epoch,
    anyUnsent: () => waits.get(epoch) !== undefined,
    heads: () => heads.all(epoch).map((head) => ({ ...head, chain: head.chain.toString('hex') })),
    unsent() {
      const { ops, oldest } = present(unsent.get(epoch), 'sums of the heads')
      return { ops, oldest: oldest === null ? null : instant(oldest) }
    },
  }
}
