import type { PoolClient } from 'pg'
import type { DeferredOp, Rewrite, StreamKey } from '../../../ports/station-streams.ts'
import { sendTogether, type Statement } from '../send-together.ts'
import { effectStatements, updateBookings } from './write-batch.ts'
import { deadLetters } from './write-ops.ts'

type Row = {
  readonly seq: string
  readonly raw: Buffer
  readonly code: string
  readonly event_at_ms: string | null
}

/** Deferred ops of one stream that this reader has not looked at, in the station's order. */
export async function readDeferred(
  client: PoolClient,
  { stationNo, epoch, stream }: StreamKey,
  { reader, limit }: { readonly reader: string; readonly limit: number },
): Promise<readonly DeferredOp[]> {
  const { rows } = await client.query<Row>(
    `SELECT seq, raw, code, event_at_ms FROM station_op
     WHERE station_no = $1 AND epoch = $2 AND stream = $3 AND verdict = 'deferred'
       AND raw IS NOT NULL AND tried IS DISTINCT FROM $4
     ORDER BY seq LIMIT $5`,
    [stationNo, epoch, stream, reader, limit],
  )
  return rows.map(({ seq, raw, code, event_at_ms: at }) => ({
    seq: Number(seq),
    raw,
    code,
    eventAtMs: at === null ? null : Number(at),
  }))
}

/** Gives deferred ops their verdicts with everything that follows; the caller commits. */
export async function rewriteOps(
  client: PoolClient,
  place: { readonly key: StreamKey; readonly epochNo: number },
  rewrite: Rewrite,
): Promise<void> {
  const { key, epochNo } = place
  const { ops, recvAtMs } = rewrite
  const effects = ops.flatMap((op) => op.outcome.effects)
  const refused = ops.filter(({ outcome }) => outcome.verdict === 'rejected')
  await sendTogether(client, [
    ...newVerdicts(key, rewrite),
    ...effectStatements({ key, recvAtMs, epochNo }, effects),
    ...updateBookings(rewrite),
    ...deadLetters({ key, recvAtMs }, refused),
    ...solved(key, rewrite),
  ])
}

function newVerdicts(
  { stationNo, epoch, stream }: StreamKey,
  { ops, reader }: Rewrite,
): readonly Statement[] {
  const rows = ops.map(({ seq, kind, entityRef, eventAtMs, outcome }) => ({
    seq,
    kind,
    ref: entityRef,
    at: eventAtMs,
    verdict: outcome.verdict,
    code: outcome.code,
  }))
  return [
    {
      text: `UPDATE station_op AS o SET verdict = r.verdict, code = r.code, kind = r.kind,
         entity_ref = r.ref, event_at_ms = coalesce(r.at, o.event_at_ms), tried = $4,
         raw = CASE WHEN o.stream = 'telemetry' AND r.verdict = 'applied' THEN NULL ELSE o.raw END
       FROM json_to_recordset($5::json)
         AS r (seq bigint, kind text, ref bigint, at bigint, verdict text, code text)
       WHERE o.station_no = $1 AND o.epoch = $2 AND o.stream = $3 AND o.seq = r.seq`,
      values: [stationNo, epoch, stream, reader, JSON.stringify(rows)],
    },
  ]
}

/** A dead letter that was a fact this cloud can hold by now needs nobody any more. */
function solved(
  { stationNo, epoch, stream }: StreamKey,
  { ops, recvAtMs }: Rewrite,
): readonly Statement[] {
  const seqs = ops
    .filter(({ outcome }) => outcome.verdict === 'applied' || outcome.verdict === 'flagged')
    .map(({ seq }) => seq)
  if (seqs.length === 0) return []
  return [
    {
      text: `UPDATE dead_letter SET resolved_at_ms = $4, note = 'replayed'
       WHERE station_no = $1 AND epoch = $2 AND stream = $3 AND seq = ANY ($5::bigint[])
         AND resolved_at_ms IS NULL`,
      values: [stationNo, epoch, stream, recvAtMs, seqs],
    },
  ]
}
