import type { OutboxHeads } from '../../ports/outbox-heads.ts'
import { streams, type Stream } from '@baari/shared/contracts/sync/session'
import { assert } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import { and, eq, sql } from 'drizzle-orm'
import { randomBytes } from 'node:crypto'
import { chainStart } from './chain-start.ts'
import type { LedgerSession } from './ledger-session.ts'
import { outboxHead, outboxOp, syncMeta } from './schema/sync.ts'

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

export function outboxHeadsOf({ db }: LedgerSession, epoch: string): OutboxHeads {
  const all = db.select().from(outboxHead).where(eq(outboxHead.epoch, epoch)).prepare()
  const oldest = db
    .select({ wallMs: outboxOp.wallMs })
    .from(outboxOp)
    .where(
      and(
        eq(outboxOp.epoch, epoch),
        eq(outboxOp.stream, sql.placeholder('stream')),
        eq(outboxOp.seq, sql.placeholder('seq')),
      ),
    )
    .prepare()

  return {
    epoch: () => epoch,
    heads: () => all.all().map((head) => ({ ...head, chain: head.chain.toString('hex') })),
    unsent() {
      const heads = all.all()
      const ops = heads.reduce((sum, head) => sum + head.nextSeq - 1 - head.ackedSeq, 0)
      const times = heads
        .map(({ stream, ackedSeq }) => oldest.get({ stream, seq: ackedSeq + 1 })?.wallMs)
        .filter((ms) => ms !== undefined)
      return { ops, oldest: times.length > 0 ? instant(Math.min(...times)) : null }
    },
  }
}
