import type { OutboxHeads } from '../../ports/outbox-heads.ts'
import { streams, type Stream } from '@baari/shared/contracts/sync/session'
import { instant } from '@baari/shared/units/time'
import { and, eq, sql } from 'drizzle-orm'
import { createHash, randomBytes } from 'node:crypto'
import type { LedgerSession } from './ledger-session.ts'
import { outboxHead, outboxOp, syncMeta } from './schema/sync.ts'

const epochBytes = 16

/** The epoch this file writes in; a new file gets a random one with empty heads. */
export function currentEpoch(session: LedgerSession): string {
  const known = session.db.select({ epoch: syncMeta.epoch }).from(syncMeta).get()
  if (known) return known.epoch
  const epoch = randomBytes(epochBytes).toString('hex')
  session.db.insert(syncMeta).values({ id: 1, epoch }).run()
  for (const stream of streams) openHead(session, { epoch, stream })
  return epoch
}

/** Starts a stream at its chain head: SHA-256 of `baari/1|station|epoch|stream` (sync.md 7.1). */
export function openHead(
  { db, station }: LedgerSession,
  { epoch, stream }: { readonly epoch: string; readonly stream: Stream },
): void {
  const chain = createHash('sha256').update(`baari/1|${station}|${epoch}|${stream}`).digest()
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
