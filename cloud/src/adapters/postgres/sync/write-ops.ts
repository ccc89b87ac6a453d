import type { BatchWrite, StoredOp, StreamKey } from '../../../ports/station-streams.ts'
import type { Statement } from '../send-together.ts'

const hashBytes = 32

const storeOpsSql = `INSERT INTO station_op (station_no, epoch, stream, seq, kind, entity_ref, raw,
    hash, verdict, code, event_at_ms, recv_at_ms)
  SELECT $1, $2, $3, $5::bigint + place, kind, ref,
    CASE WHEN size >= 0 THEN substring($6::bytea FROM starts + 1 FOR size) END,
    substring($7::bytea FROM ${hashBytes} * place + 1 FOR ${hashBytes}), verdict, code, event_at, $4
  FROM (SELECT starts, size, kind, ref, verdict, code, event_at, ordinality::int - 1 AS place
    FROM unnest($8::int[], $9::int[], $10::text[], $11::bigint[], $12::text[], $13::text[],
      $14::bigint[]) WITH ORDINALITY
      AS o (starts, size, kind, ref, verdict, code, event_at, ordinality)) AS numbered`

/**
 * Lines and hashes go as two packed values: as arrays of bytea each would be written as text and
 * read back from it, which took longer than inserting them.
 */
export function storeOps(
  { stationNo, epoch, stream }: StreamKey,
  { ops, recvAtMs }: BatchWrite,
): readonly Statement[] {
  const [first] = ops
  if (first === undefined) return []
  // A reading's row is its record; a second copy of every reading would be most of the database.
  const kept = ops.map(({ raw, outcome }) =>
    stream === 'telemetry' && outcome.verdict === 'applied' ? null : raw,
  )
  let end = 0
  const starts = kept.map((raw) => (end += raw?.length ?? 0) - (raw?.length ?? 0))
  return [
    {
      name: 'uplink ops',
      text: storeOpsSql,
      values: [
        stationNo,
        epoch,
        stream,
        recvAtMs,
        first.seq,
        Buffer.concat(kept.flatMap((raw) => raw ?? [])),
        Buffer.from(ops.map((op) => op.hash).join(''), 'hex'),
        starts,
        kept.map((raw) => raw?.length ?? -1),
        ops.map((op) => op.kind),
        ops.map((op) => op.entityRef),
        ops.map((op) => op.outcome.verdict),
        ops.map((op) => op.outcome.code),
        ops.map((op) => op.eventAtMs),
      ],
    },
  ]
}

/** A refused op is told to the station too; a fact that waits is told to the operator only. */
export function deadLetters(
  { key, recvAtMs }: { readonly key: StreamKey; readonly recvAtMs: number },
  ops: readonly Pick<StoredOp, 'seq' | 'outcome'>[],
): readonly Statement[] {
  const dead = ops.filter(
    ({ outcome }) => outcome.verdict === 'rejected' || outcome.code === 'sql_error',
  )
  if (dead.length === 0) return []
  const { stationNo, epoch, stream } = key
  const rows = dead.map(({ seq, outcome }) => ({
    id: opRef(key, seq),
    seq,
    verdict: outcome.verdict,
    code: outcome.code,
  }))
  const values = [stationNo, epoch, stream, recvAtMs, JSON.stringify(rows)]
  return [
    {
      text: `INSERT INTO dead_letter (station_no, epoch, stream, seq, verdict, code, at_ms)
       SELECT $1, $2, $3, seq, verdict, code, $4
       FROM json_to_recordset($5::json) AS r (seq bigint, verdict text, code text)
       ON CONFLICT (station_no, epoch, stream, seq) DO UPDATE SET verdict = excluded.verdict,
         code = excluded.code, at_ms = excluded.at_ms`,
      values,
    },
    {
      text: `INSERT INTO notice (id, station_no, epoch, stream, seq, code, at_ms)
       SELECT id, $1, $2, $3, seq, code, $4
       FROM json_to_recordset($5::json) AS r (id text, seq bigint, verdict text, code text)
       WHERE verdict = 'rejected' ON CONFLICT (id) DO NOTHING`,
      values,
    },
  ]
}

export function moveHead(
  { stationNo, epoch, stream }: StreamKey,
  { ops, recvAtMs, clockOffsetMs }: BatchWrite,
): readonly Statement[] {
  const last = ops.at(-1)
  if (last === undefined) return []
  return [
    {
      name: 'uplink head moved',
      text: `UPDATE station_head SET seq = $4, chain = $5, moved_at_ms = $6, clock_offset_ms = $7
       WHERE station_no = $1 AND epoch = $2 AND stream = $3`,
      values: [stationNo, epoch, stream, last.seq, last.hash, recvAtMs, clockOffsetMs],
    },
  ]
}

/** An op's own place as text: the key of facts that have no id of their own. */
export function opRef({ epoch, stream }: StreamKey, seq: number): string {
  return `${epoch}/${stream}/${seq}`
}
