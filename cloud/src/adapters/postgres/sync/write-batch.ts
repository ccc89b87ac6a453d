import type { PoolClient } from 'pg'
import type { OpEffect } from '../../../domain/sync/op-effects.ts'
import type { BatchWrite, StoredOp, StreamKey } from '../../../ports/station-streams.ts'
import { writeCheckIns } from './write-check-ins.ts'
import { writeRecords } from './write-records.ts'
import { writeTickets } from './write-tickets.ts'

/** Writes ops, effects and head; the caller commits. One statement per kind of row, not per op. */
export async function writeBatch(
  client: PoolClient,
  key: StreamKey,
  batch: BatchWrite,
): Promise<void> {
  const { ops, recvAtMs } = batch
  await insertOps(client, key, batch)
  const effects = ops.flatMap((op) => op.outcome.effects)
  const records = effects.filter((effect) => effect.kind === 'record')
  const place = { key, recvAtMs }
  await insertEntities(client, key, effects)
  await writeRecords(client, place, records)
  await writeTickets(client, place, records)
  await writeCheckIns(client, place, effects)
  await updateBookings(client, batch)
  await insertExceptions(client, key, effects)
  await insertDeadLetters(client, place, ops)
  await moveHead(client, key, batch)
}

async function insertOps(
  client: PoolClient,
  { stationNo, epoch, stream }: StreamKey,
  { ops, recvAtMs }: BatchWrite,
): Promise<void> {
  await client.query(
    `INSERT INTO station_op (station_no, epoch, stream, seq, kind, entity_ref, raw, hash, verdict,
       code, event_at_ms, recv_at_ms)
     SELECT $1, $2, $3, seq, kind, ref, raw, decode(hash, 'hex'), verdict, code, event_at, $4
     FROM unnest($5::bigint[], $6::text[], $7::bigint[], $8::bytea[], $9::text[], $10::text[],
       $11::text[], $12::bigint[]) AS o (seq, kind, ref, raw, hash, verdict, code, event_at)`,
    [
      stationNo,
      epoch,
      stream,
      recvAtMs,
      ops.map((op) => op.seq),
      ops.map((op) => op.kind),
      ops.map((op) => op.entityRef),
      ops.map((op) => asBuffer(op.raw)),
      ops.map((op) => op.hash),
      ops.map((op) => op.outcome.verdict),
      ops.map((op) => op.outcome.code),
      ops.map((op) => op.eventAtMs),
    ],
  )
}

/** node-postgres writes a Buffer as bytea and any other view as JSON. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

async function insertEntities(
  client: PoolClient,
  { stationNo, epoch, stream }: StreamKey,
  effects: readonly OpEffect[],
): Promise<void> {
  const named = effects.filter((effect) => effect.kind === 'entity')
  if (named.length === 0) return
  await client.query(
    `INSERT INTO station_entity (station_no, epoch, stream, ref, type, id)
     SELECT $1, $2, $3, ref, type, id
     FROM unnest($4::bigint[], $5::text[], $6::uuid[]) AS e (ref, type, id)`,
    [
      stationNo,
      epoch,
      stream,
      named.map((entity) => entity.ref),
      named.map((entity) => entity.type),
      named.map((entity) => entity.uuid),
    ],
  )
}

async function updateBookings(
  client: PoolClient,
  { known, touched, recvAtMs }: BatchWrite,
): Promise<void> {
  if (touched.size === 0) return
  const rows = [...touched].flatMap((id) => {
    const booking = known.bookings.get(id)
    return booking === undefined ? [] : [{ id, facts: booking.facts, state: booking.state }]
  })
  const json = JSON.stringify(rows)
  await client.query(
    `INSERT INTO booking_fact (booking_id, facts)
     SELECT id, facts FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, facts jsonb)
     ON CONFLICT (booking_id) DO UPDATE SET facts = excluded.facts`,
    [json],
  )
  await client.query(
    `UPDATE booking SET state = r.state, updated_at_ms = $2
     FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, state text)
     WHERE booking.id = r.id AND booking.state <> r.state`,
    [json, recvAtMs],
  )
}

async function insertExceptions(
  client: PoolClient,
  key: StreamKey,
  effects: readonly OpEffect[],
): Promise<void> {
  const found = effects.filter((effect) => effect.kind === 'exception')
  if (found.length === 0) return
  const rows = found.map((effect) => ({ ...effect, op_ref: opRef(key, effect.seq) }))
  await client.query(
    `INSERT INTO exception (station_no, op_ref, kind, booking_id, fill_id, detail, at_ms)
     SELECT $1, op_ref, code, booking, fill, detail, "atMs"
     FROM jsonb_to_recordset($2::jsonb) AS r
       (op_ref text, code text, booking uuid, fill uuid, detail text, "atMs" bigint)
     ON CONFLICT (station_no, op_ref, kind) DO NOTHING`,
    [key.stationNo, JSON.stringify(rows)],
  )
}

/** A refused op is told to the station too; a fact that waits is told to the operator only. */
async function insertDeadLetters(
  client: PoolClient,
  { key, recvAtMs }: { readonly key: StreamKey; readonly recvAtMs: number },
  ops: readonly StoredOp[],
): Promise<void> {
  const dead = ops.filter(
    ({ outcome }) => outcome.verdict === 'rejected' || outcome.code === 'sql_error',
  )
  if (dead.length === 0) return
  const { stationNo, epoch, stream } = key
  const rows = dead.map(({ seq, outcome }) => ({
    id: opRef(key, seq),
    seq,
    verdict: outcome.verdict,
    code: outcome.code,
  }))
  const json = JSON.stringify(rows)
  await client.query(
    `INSERT INTO dead_letter (station_no, epoch, stream, seq, verdict, code, at_ms)
     SELECT $1, $2, $3, seq, verdict, code, $4
     FROM jsonb_to_recordset($5::jsonb) AS r (seq bigint, verdict text, code text)`,
    [stationNo, epoch, stream, recvAtMs, json],
  )
  await client.query(
    `INSERT INTO notice (id, station_no, epoch, stream, seq, code, at_ms)
     SELECT id, $1, $2, $3, seq, code, $4
     FROM jsonb_to_recordset($5::jsonb) AS r (id text, seq bigint, verdict text, code text)
     WHERE verdict = 'rejected'`,
    [stationNo, epoch, stream, recvAtMs, json],
  )
}

async function moveHead(
  client: PoolClient,
  { stationNo, epoch, stream }: StreamKey,
  { ops, recvAtMs, clockOffsetMs }: BatchWrite,
): Promise<void> {
  const last = ops.at(-1)
  if (last === undefined) return
  await client.query(
    `UPDATE station_head SET seq = $4, chain = $5, moved_at_ms = $6, clock_offset_ms = $7
     WHERE station_no = $1 AND epoch = $2 AND stream = $3`,
    [stationNo, epoch, stream, last.seq, last.hash, recvAtMs, clockOffsetMs],
  )
}

/** An op's own place as text: the key of facts that have no id of their own. */
export function opRef({ epoch, stream }: StreamKey, seq: number): string {
  return `${epoch}/${stream}/${seq}`
}
