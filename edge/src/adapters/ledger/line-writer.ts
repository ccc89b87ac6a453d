import { present } from '@baari/shared/faults/assert'
import type { OpEntity } from '../../ports/outbox.ts'
import type { LocalOp } from '../../ports/rollback.ts'
import { nextHash } from './chain-start.ts'
import type { LedgerSession } from './ledger-session.ts'

type Head = { readonly epoch: string; readonly next_seq: number; readonly chain: Buffer }
type Line = Pick<LocalOp, 'stream' | 'kind' | 'at' | 'mono' | 'body'> & { readonly ref: number }

const inForce = 'epoch = (SELECT epoch FROM sync_meta WHERE id = 1) AND stream = ?'

/**
 * Writes ops of any stream with times of their own: those of an epoch that ended, which are written
 * again in the one that follows. A fact of the station as it happens goes through the outbox.
 */
export function lineWriter({ sqlite, boot }: LedgerSession): (op: LocalOp) => void {
  const heads = sqlite.prepare<[string], Head>(
    `SELECT epoch, next_seq, chain FROM outbox_head WHERE ${inForce}`,
  )
  const insert = sqlite.prepare(
    `INSERT INTO outbox (epoch, stream, seq, kind, entity_ref, raw, hash, wall_ms, mono_ms, boot_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const advance = sqlite.prepare(`UPDATE outbox_head SET next_seq = ?, chain = ? WHERE ${inForce}`)
  const known = sqlite.prepare<[string, string], { readonly ref: number }>(
    `SELECT ref FROM entity_ref WHERE ${inForce} AND uuid = ?`,
  )
  const last = sqlite.prepare<[string], { readonly ref: number | null }>(
    `SELECT max(ref) AS ref FROM entity_ref WHERE ${inForce}`,
  )
  const addRef = sqlite.prepare(
    `INSERT INTO entity_ref (epoch, stream, ref, type, uuid)
     SELECT epoch, ?, ?, ?, ? FROM sync_meta WHERE id = 1`,
  )

  function write({ stream, kind, at, mono, body, ref }: Line): void {
    const head = present(heads.get(stream), 'head of a stream in force')
    const line = { s: head.next_seq, k: kind, e: ref, t: at, m: mono, b: body }
    const raw = Buffer.from(JSON.stringify(line), 'utf8')
    const hash = nextHash(head.chain, raw)
    insert.run(head.epoch, stream, line.s, kind, ref, raw, hash, at, mono, boot)
    advance.run(line.s + 1, hash, stream)
  }

  function refOf(entity: OpEntity, op: LocalOp): number {
    if (entity.type === 'station') return 0
    const { type, uuid } = entity
    const found = known.get(op.stream, uuid)
    if (found) return found.ref
    const ref = (last.get(op.stream)?.ref ?? 0) + 1
    addRef.run(op.stream, ref, type, uuid)
    write({ ...op, kind: 'entity', body: { ref, type, uuid }, ref })
    return ref
  }

  return (op) => write({ ...op, ref: op.entity === null ? 0 : refOf(op.entity, op) })
}
