import { ledgerOps } from '@baari/shared/contracts/sync/ops'
import type { StreamHead } from '@baari/shared/contracts/sync/session'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import { present } from '@baari/shared/faults/assert'
import type { OpEntity } from '../../ports/outbox.ts'
import type { LocalOp, RollbackPlan, RollbackStore, StagedOp } from '../../ports/rollback.ts'
import type { EpochStream } from '../../ports/sync.ts'
import { boundLimit } from './bound-limit.ts'
import { chainStart } from './chain-start.ts'
import type { LedgerSession } from './ledger-session.ts'
import { lineWriter } from './line-writer.ts'
import { outboxRuns } from './sync-uplink.ts'

type OpRow = { readonly seq: number; readonly raw: Buffer }
type StagedRow = EpochStream & { readonly seq: number; readonly kind: string } & {
  readonly raw: Buffer
  readonly hash: Buffer
}
type EntityRow = { readonly type: OpEntity['type']; readonly uuid: string }

const place = 'epoch = ? AND stream = ?'

/** The stage of fetched ops and the outbox of past epochs, over one ledger file. */
export function rollbackStoreOf(session: LedgerSession): RollbackStore {
  const plans = planOf(session)
  const stage = stageOf(session)
  const outbox = pastOutboxOf(session)
  const reissue = lineWriter(session)
  // These write heads and refs past the outbox, which remembers its own.
  const past = <In extends readonly unknown[], Out>(work: (...given: In) => Out) => {
    return (...given: In): Out => {
      session.memory.reread()
      const done = work(...given)
      session.memory.forget()
      return done
    }
  }
  return {
    ...plans,
    ...stage,
    ...outbox,
    reissue: past(reissue),
    dropEpoch: past(outbox.dropEpoch),
    cutAfter: past(outbox.cutAfter),
    keep: past((op: StagedOp) => {
      outbox.add(op)
      stage.drop(op)
    }),
    attempt(work) {
      const { sqlite, memory } = session
      // What came before the work must outlive its failure.
      memory.write()
      sqlite.exec('SAVEPOINT replayed')
      try {
        work()
        sqlite.exec('RELEASE replayed')
        return undefined
      } catch (error) {
        // A full disk makes SQLite roll everything back by itself; that is not this op's fault.
        if (!sqlite.inTransaction) throw error
        sqlite.exec('ROLLBACK TO replayed')
        sqlite.exec('RELEASE replayed')
        memory.forget()
        return error
      }
    },
  }
}

function planOf({ sqlite }: LedgerSession): Pick<RollbackStore, 'plan' | 'savePlan'> {
  const read = sqlite.prepare<[], { readonly body: string }>('SELECT body FROM rollback')
  const write = sqlite.prepare('INSERT OR REPLACE INTO rollback (id, body) VALUES (1, ?)')
  const clear = sqlite.prepare('DELETE FROM rollback')
  return {
    plan() {
      const row = read.get()
      // The column holds what this file wrote.
      return row === undefined ? null : (JSON.parse(row.body) as RollbackPlan)
    },
    savePlan: (plan) => void (plan === null ? clear.run() : write.run(JSON.stringify(plan))),
  }
}

const stagedColumns = 'epoch, stream, seq, kind, raw, hash'

function stageOf({ sqlite }: LedgerSession) {
  const add = sqlite.prepare(
    `INSERT INTO pulled_op (epoch, stream, seq, kind, raw, hash) VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const first = sqlite.prepare<[number], StagedRow>(
    `SELECT ${stagedColumns} FROM pulled_op ORDER BY no ${boundLimit}`,
  )
  const count = sqlite.prepare<[], { readonly n: number }>('SELECT count(*) AS n FROM pulled_op')
  const drop = sqlite.prepare(`DELETE FROM pulled_op WHERE ${place} AND seq = ?`)
  const clear = sqlite.prepare('DELETE FROM pulled_op')
  return {
    clearStage: () => void clear.run(),
    stage({ epoch, stream }, ops) {
      for (const { seq, kind, raw, hash } of ops) {
        add.run(epoch, stream, seq, kind, raw, Buffer.from(hash, 'hex'))
      }
    },
    staged: (limit) => first.all(limit).map(stagedOf),
    *stagedOfKinds(kinds) {
      const marks = kinds.map(() => '?').join(', ')
      const rows = sqlite
        .prepare<string[], StagedRow>(
          `SELECT ${stagedColumns} FROM pulled_op WHERE kind IN (${marks}) ORDER BY no`,
        )
        .all(...kinds)
      for (const row of rows) yield stagedOf(row)
    },
    stagedCount: () => present(count.get(), 'count').n,
    drop: ({ epoch, stream, seq }: StagedOp) => void drop.run(epoch, stream, seq),
  } satisfies Partial<RollbackStore> & { readonly drop: (op: StagedOp) => void }
}

function stagedOf({ hash, ...row }: StagedRow): StagedOp {
  return { ...row, hash: hash.toString('hex') }
}

function pastOutboxOf(session: LedgerSession) {
  const { sqlite, station, boot } = session
  const acked = sqlite.prepare<[string, string], { readonly acked: number }>(
    `SELECT acked_seq AS acked FROM outbox_head WHERE ${place}`,
  )
  const hashAt = sqlite.prepare<[string, string, number], { readonly hash: Buffer }>(
    `SELECT hash FROM outbox WHERE ${place} AND seq = ?`,
  )
  const entity = sqlite.prepare<[string, string, number], EntityRow>(
    `SELECT type, uuid FROM entity_ref WHERE ${place} AND ref = ?`,
  )
  const insert = sqlite.prepare(
    `INSERT INTO outbox (epoch, stream, seq, kind, entity_ref, raw, hash, wall_ms, mono_ms, boot_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const head = sqlite.prepare(
    `INSERT INTO outbox_head (epoch, stream, next_seq, acked_seq, chain) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET next_seq = excluded.next_seq, acked_seq = excluded.acked_seq,
       chain = excluded.chain`,
  )
  const addRef = sqlite.prepare(
    `INSERT INTO entity_ref (epoch, stream, ref, type, uuid) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const entityOf = ({ epoch, stream }: EpochStream, ref: number): OpEntity | undefined => {
    if (ref === 0) return { type: 'station', uuid: '' }
    return entity.get(epoch, stream, ref)
  }

  return {
    acked: ({ epoch, stream }) => acked.get(epoch, stream)?.acked ?? 0,
    chainAt({ epoch, stream }, seq) {
      if (seq === 0) return chainStart({ station, epoch, stream }).toString('hex')
      return hashAt.get(epoch, stream, seq)?.hash.toString('hex')
    },
    runFrom: outboxRuns(session).runFrom,
    ...openingsOf(session),
    entity: entityOf,
    dropCommon: (at, from) => dropCommon(session, at, from),
    cutAfter: (at, seq) => cutAfter(session, { at, seq, entityOf }),
    dropEpoch(epoch) {
      for (const table of ['outbox', 'outbox_head', 'entity_ref', 'op_result']) {
        sqlite.prepare(`DELETE FROM ${table} WHERE epoch = ?`).run(epoch)
      }
    },
    add({ epoch, stream, seq, kind, raw, hash }: StagedOp): void {
      const bytes = Buffer.from(raw)
      const line = opLine.safeParse(parseJson(bytes))
      const { e, t, m } = line.success ? line.data : { e: 0, t: 0, m: 0 }
      const chain = Buffer.from(hash, 'hex')
      insert.run(epoch, stream, seq, kind, e, bytes, chain, t, m, boot)
      head.run(epoch, stream, seq + 1, seq, chain)
      const named =
        line.success && kind === 'entity' ? ledgerOps.entity.safeParse(line.data.b) : null
      if (named?.success === true) {
        const { ref, type, uuid } = named.data
        addRef.run(epoch, stream, ref, type, uuid)
      }
    },
  } satisfies Partial<RollbackStore> & { readonly add: (op: StagedOp) => void }
}

/** Looks through the first ops of the epochs this file holds. */
function openingsOf({ sqlite }: LedgerSession): Pick<RollbackStore, 'follower' | 'preceding'> {
  const openings = sqlite.prepare<[], { readonly epoch: string; readonly raw: Buffer }>(
    `SELECT epoch, raw FROM outbox
     WHERE stream = 'ledger' AND seq = 1 AND kind = 'epoch.opened'`,
  )
  const opening = sqlite.prepare<[string], { readonly raw: Buffer }>(
    `SELECT raw FROM outbox
     WHERE epoch = ? AND stream = 'ledger' AND seq = 1 AND kind = 'epoch.opened'`,
  )
  return {
    follower(before) {
      for (const { epoch, raw } of openings.all()) {
        const opened = openedBody(raw)
        if (opened?.prevEpoch !== before) continue
        const prevHeads = opened.heads.map((head) => ({ ...head, epoch: before }) as StreamHead)
        return { epoch, prevHeads }
      }
      return undefined
    },
    preceding: (epoch) => openedBody(opening.get(epoch)?.raw)?.prevEpoch,
  }
}

function openedBody(raw: Buffer | undefined) {
  const line = opLine.safeParse(raw && parseJson(raw))
  const body = line.success ? ledgerOps['epoch.opened'].safeParse(line.data.b) : undefined
  return body?.success === true ? body.data : undefined
}

/** Both sides agree on an op when the chain value after it is the same: all before it is, too. */
function dropCommon({ sqlite }: LedgerSession, at: EpochStream, from: number): number {
  const { epoch, stream } = at
  const same = sqlite.prepare<[string, string], { readonly seq: number | null }>(
    `SELECT max(p.seq) AS seq FROM pulled_op p JOIN outbox o USING (epoch, stream, seq)
     WHERE p.epoch = ? AND p.stream = ? AND p.hash = o.hash`,
  )
  const last = same.get(epoch, stream)?.seq ?? from
  sqlite.prepare(`DELETE FROM pulled_op WHERE ${place} AND seq <= ?`).run(epoch, stream, last)
  return last
}

type Cut = {
  readonly at: EpochStream
  readonly seq: number
  readonly entityOf: (at: EpochStream, ref: number) => OpEntity | undefined
}

function cutAfter(session: LedgerSession, { at, seq, entityOf }: Cut): readonly LocalOp[] {
  const { sqlite, station } = session
  const { epoch, stream } = at
  const rows = sqlite
    .prepare<[string, string, number], OpRow>(
      `SELECT seq, raw FROM outbox WHERE ${place} AND seq > ? ORDER BY seq`,
    )
    .all(epoch, stream, seq)
  const ops = rows.flatMap(({ raw }) => localOp(raw, at, entityOf))
  const refs = ops.flatMap(({ kind, body }) =>
    kind === 'entity' ? [(body as { readonly ref: number }).ref] : [],
  )
  for (const ref of refs) {
    sqlite.prepare(`DELETE FROM entity_ref WHERE ${place} AND ref = ?`).run(epoch, stream, ref)
  }
  sqlite.prepare(`DELETE FROM outbox WHERE ${place} AND seq > ?`).run(epoch, stream, seq)
  sqlite.prepare(`DELETE FROM op_result WHERE ${place} AND seq > ?`).run(epoch, stream, seq)
  const before = sqlite
    .prepare<[string, string, number], { readonly hash: Buffer }>(
      `SELECT hash FROM outbox WHERE ${place} AND seq = ?`,
    )
    .get(epoch, stream, seq)
  // The head of a stream whose last agreed op was pruned stays: nothing was cut then.
  if (rows.length > 0) {
    sqlite
      .prepare(`UPDATE outbox_head SET next_seq = ?, acked_seq = ?, chain = ? WHERE ${place}`)
      .run(seq + 1, seq, before?.hash ?? chainStart({ station, epoch, stream }), epoch, stream)
  }
  return ops
}

function localOp(
  raw: Buffer,
  at: EpochStream,
  entityOf: (at: EpochStream, ref: number) => OpEntity | undefined,
): readonly LocalOp[] {
  const line = opLine.safeParse(parseJson(raw))
  if (!line.success) return []
  const { k: kind, e, t, m, b: body } = line.data
  const entity = entityOf(at, e) ?? null
  return [{ stream: at.stream, kind, entity, at: t, mono: m, body }]
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return undefined
  }
}
