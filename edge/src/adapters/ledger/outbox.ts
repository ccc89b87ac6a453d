import type { OpEntity, Outbox } from '../../ports/outbox.ts'
import type { LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import type { Stream } from '@baari/shared/contracts/sync/session'
import { present } from '@baari/shared/faults/assert'
import type { Instant, Mono } from '@baari/shared/units/time'
import { and, eq, max, sql } from 'drizzle-orm'
import { nextHash } from './chain-start.ts'
import type { LedgerSession } from './ledger-session.ts'
import { entityRef, outboxHead, outboxOp } from './schema/sync.ts'

/** Ref 0 is the station itself: it needs no `entity` op, because the stream is its own. */
const stationRef = 0
const ledger: Stream = 'ledger'

type Line = {
  readonly stream: Stream
  readonly kind: string
  readonly ref: number
  readonly body: object
  readonly when: { readonly at: Instant; readonly mono: Mono }
}

/**
 * The outbox of one epoch. Each op is serialised once: `raw` is the wire line without its LF, the
 * bytes the chain hashes and the uplink sends (sync.md sections 4.1 and 7.1).
 */
export function outboxOf(session: LedgerSession, epoch: string): Outbox {
  const statements = prepare(session, epoch)

  function write({ stream, kind, ref, body, when: { at, mono } }: Line): void {
    const head = present(statements.head.get({ stream }), `head of the ${stream} stream`)
    const line = { s: head.nextSeq, k: kind, e: ref, t: at, m: Math.trunc(mono), b: body }
    const raw = Buffer.from(JSON.stringify(line), 'utf8')
    const hash = nextHash(head.chain, raw)
    const row = { stream, seq: line.s, kind, ref, raw, hash, at, mono: line.m }
    statements.insert.run(row)
    statements.advance.run({ stream, next: line.s + 1, hash })
  }

  function writeLedger(kind: LedgerOpKind, ref: number, body: object): void {
    write({ stream: ledger, kind, ref, body, when: session.current() })
  }

  function refOf(entity: OpEntity): number {
    if (entity.type === 'station') return stationRef
    const known = statements.ref.get({ uuid: entity.uuid })
    if (known) return known.ref
    const ref = (statements.lastRef.get()?.ref ?? stationRef) + 1
    statements.addRef.run({ ref, type: entity.type, uuid: entity.uuid })
    writeLedger('entity', ref, { ref, type: entity.type, uuid: entity.uuid })
    return ref
  }

  return {
    append: ({ kind, entity, body }) => writeLedger(kind, refOf(entity), body),
    tell({ stream, kind, body, ...rest }) {
      const when = 'when' in rest ? rest.when : session.current()
      write({ stream, kind, ref: stationRef, body, when })
    },
  }
}

function prepare({ db, boot }: LedgerSession, epoch: string) {
  const slot = (name: string) => sql.placeholder(name)
  const ours = and(eq(outboxHead.epoch, epoch), eq(outboxHead.stream, slot('stream')))
  const ourRefs = and(eq(entityRef.epoch, epoch), eq(entityRef.stream, ledger))
  return {
    head: db
      .select({ nextSeq: outboxHead.nextSeq, chain: outboxHead.chain })
      .from(outboxHead)
      .where(ours)
      .prepare(),
    advance: db
      .update(outboxHead)
      .set({ nextSeq: sql`${slot('next')}`, chain: sql`${slot('hash')}` })
      .where(ours)
      .prepare(),
    insert: db
      .insert(outboxOp)
      .values({
        epoch,
        stream: slot('stream'),
        bootId: boot,
        seq: slot('seq'),
        kind: slot('kind'),
        entityRef: slot('ref'),
        raw: slot('raw'),
        hash: slot('hash'),
        wallMs: slot('at'),
        monoMs: slot('mono'),
      })
      .prepare(),
    ref: db
      .select({ ref: entityRef.ref })
      .from(entityRef)
      .where(and(ourRefs, eq(entityRef.uuid, slot('uuid'))))
      .prepare(),
    lastRef: db
      .select({ ref: max(entityRef.ref) })
      .from(entityRef)
      .where(ourRefs)
      .prepare(),
    addRef: db
      .insert(entityRef)
      .values({ epoch, stream: ledger, ref: slot('ref'), type: slot('type'), uuid: slot('uuid') })
      .prepare(),
  }
}
