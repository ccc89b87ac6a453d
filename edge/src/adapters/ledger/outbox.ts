import type { OpEntity, Outbox } from '../../ports/outbox.ts'
import type { LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import type { Stream } from '@baari/shared/contracts/sync/session'
import { present } from '@baari/shared/faults/assert'
import type { Instant, Mono } from '@baari/shared/units/time'
import { nextHash } from './chain-start.ts'
import type { LedgerSession } from './ledger-session.ts'

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
  const { boot } = session
  const statements = prepare(session)
  const known = rememberedOf(session)

  function write({ stream, kind, ref, body, when: { at, mono } }: Line): void {
    const head = known.heads.get(stream) ?? statements.head.get(epoch, stream)
    const [nextSeq, chain] = present(head, `head of the ${stream} stream`)
    const line = { s: nextSeq, k: kind, e: ref, t: at, m: Math.trunc(mono), b: body }
    const raw = Buffer.from(JSON.stringify(line), 'utf8')
    const hash = nextHash(chain, raw)
    statements.insert.run(epoch, stream, line.s, kind, ref, raw, hash, at, line.m, boot)
    statements.advance.run(line.s + 1, hash, epoch, stream)
    known.heads.set(stream, [line.s + 1, hash])
  }

  function writeLedger(kind: LedgerOpKind, ref: number, body: object): void {
    write({ stream: ledger, kind, ref, body, when: session.current() })
  }

  function refOf(entity: OpEntity): number {
    if (entity.type === 'station') return stationRef
    const { uuid, type } = entity
    const young = known.refs.get(uuid) ?? statements.ref.get(epoch, ledger, uuid)
    if (young !== undefined) return young
    const ref = (known.lastRef() ?? statements.lastRef.get(epoch, ledger) ?? stationRef) + 1
    statements.addRef.run(epoch, ledger, ref, type, uuid)
    writeLedger('entity', ref, { ref, type, uuid })
    known.added(uuid, ref)
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

type Head = readonly [nextSeq: number, chain: Buffer]

/** As many vehicles as are at a station at once, several times over. */
const refsMax = 1_000

/**
 * What this connection wrote last: an admitted scan tells six facts of two entities that are new,
 * and would read head and refs anew for each.
 */
function rememberedOf({ memory }: LedgerSession) {
  const heads = new Map<Stream, Head>()
  const refs = new Map<string, number>()
  let last: number | undefined

  function forget(): void {
    heads.clear()
    refs.clear()
    last = undefined
  }

  memory.join({ write: () => undefined, forget })
  return {
    heads,
    refs,
    lastRef: () => last,
    added(uuid: string, ref: number): void {
      if (refs.size >= refsMax) refs.clear()
      refs.set(uuid, ref)
      last = ref
    },
  }
}

/** The driver's own statements: an admitted scan writes six ops, each of them two rows and a ref. */
function prepare({ sqlite }: LedgerSession) {
  return {
    head: sqlite
      .prepare<[string, Stream], Head>(
        'SELECT next_seq, chain FROM outbox_head WHERE epoch = ? AND stream = ?',
      )
      .raw(),
    advance: sqlite.prepare(
      'UPDATE outbox_head SET next_seq = ?, chain = ? WHERE epoch = ? AND stream = ?',
    ),
    insert: sqlite.prepare(
      `INSERT INTO outbox (epoch, stream, seq, kind, entity_ref, raw, hash, wall_ms, mono_ms, boot_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    ref: sqlite
      .prepare<[string, Stream, string], number>(
        'SELECT ref FROM entity_ref WHERE epoch = ? AND stream = ? AND uuid = ?',
      )
      .pluck(),
    lastRef: sqlite
      .prepare<[string, Stream], number | null>(
        'SELECT max(ref) FROM entity_ref WHERE epoch = ? AND stream = ?',
      )
      .pluck(),
    addRef: sqlite.prepare(
      'INSERT INTO entity_ref (epoch, stream, ref, type, uuid) VALUES (?, ?, ?, ?, ?)',
    ),
  }
}
