import type { PoolClient } from 'pg'
import type { OpEffect } from '../../../domain/sync/op-effects.ts'
import type { BatchWrite, StreamKey } from '../../../ports/station-streams.ts'
import { sendInParts, type Statement } from '../send-together.ts'
import { writeAlarms } from './write-alarms.ts'
import { writeCheckIns } from './write-check-ins.ts'
import { deadLetters, moveHead, opRef, storeOps } from './write-ops.ts'
import { writeRecords, type Place } from './write-records.ts'
import { writeStates } from './write-states.ts'
import { writeTickets } from './write-tickets.ts'

/**
 * Writes ops, effects and head; the caller commits. One statement per kind of row, not per op, and
 * no answer waited for between them, because a way there and back per kind took most of the time.
 */
export async function writeBatch(
  client: PoolClient,
  { key, epochNo }: { readonly key: StreamKey; readonly epochNo: number },
  batch: BatchWrite,
): Promise<void> {
  const { ops, recvAtMs } = batch
  const place = { key, recvAtMs, epochNo }
  await sendInParts(client, [
    () => storeOps(key, batch),
    () =>
      effectStatements(
        place,
        ops.flatMap((op) => op.outcome.effects),
      ),
    () => [...updateBookings(batch), ...deadLetters(place, ops), ...moveHead(key, batch)],
  ])
}

/** What the effects of ops write beside the ops, in the order it has to be written. */
export function effectStatements(place: Place, effects: readonly OpEffect[]): readonly Statement[] {
  const records = effects.filter((effect) => effect.kind === 'record')
  return [
    ...insertEntities(place.key, effects),
    ...writeRecords(place, records),
    ...writeTickets(place, records),
    ...writeCheckIns(place, effects),
    ...writeStates(place, records),
    ...writeAlarms(place, records),
    ...insertStrikes(place.key, effects),
    ...insertExceptions(place.key, effects),
  ]
}

function insertEntities(
  { stationNo, epoch, stream }: StreamKey,
  effects: readonly OpEffect[],
): readonly Statement[] {
  const named = effects.filter((effect) => effect.kind === 'entity')
  if (named.length === 0) return []
  return [
    {
      name: 'uplink entities',
      text: `INSERT INTO station_entity (station_no, epoch, stream, ref, type, id)
       SELECT $1, $2, $3, ref, type, id
       FROM unnest($4::bigint[], $5::text[], $6::uuid[]) AS e (ref, type, id)`,
      values: [
        stationNo,
        epoch,
        stream,
        named.map((entity) => entity.ref),
        named.map((entity) => entity.type),
        named.map((entity) => entity.uuid),
      ],
    },
  ]
}

/** The facts and states the whole batch left its bookings at. */
export function updateBookings({
  known,
  touched,
  recvAtMs,
}: Pick<BatchWrite, 'known' | 'touched' | 'recvAtMs'>): readonly Statement[] {
  if (touched.size === 0) return []
  const rows = [...touched].flatMap((id) => {
    const booking = known.bookings.get(id)
    return booking === undefined ? [] : [{ id, facts: booking.facts, state: booking.state }]
  })
  const json = JSON.stringify(rows)
  return [
    {
      name: 'uplink booking facts',
      text: `INSERT INTO booking_fact (booking_id, facts)
       SELECT id, facts FROM json_to_recordset($1::json) AS r (id uuid, facts jsonb)
       ON CONFLICT (booking_id) DO UPDATE SET facts = excluded.facts`,
      values: [json],
    },
    {
      name: 'uplink booking states',
      text: `UPDATE booking SET state = r.state, updated_at_ms = $2
       FROM json_to_recordset($1::json) AS r (id uuid, state text)
       WHERE booking.id = r.id AND booking.state <> r.state
         -- Said twice: of JSON the planner expects a hundred rows and would read the whole table.
         AND booking.id = ANY ($3::uuid[])`,
      values: [json, recvAtMs, rows.map(({ id }) => id)],
    },
  ]
}

function insertStrikes(
  { stationNo }: StreamKey,
  effects: readonly OpEffect[],
): readonly Statement[] {
  const found = effects.filter((effect) => effect.kind === 'strike')
  if (found.length === 0) return []
  return [
    {
      name: 'uplink strikes',
      text: `INSERT INTO strike (booking_id, station_no, at_ms)
       SELECT booking, $1, at_ms FROM unnest($2::uuid[], $3::bigint[]) AS s (booking, at_ms)
       -- Nobody is blamed for a window without gas.
       WHERE NOT EXISTS (
         SELECT 1 FROM booking b JOIN supply_cut c ON c.station_no = b.station_no
           AND b.window_start_ms >= c.from_ms
           AND b.window_start_ms < least(c.until_ms, coalesce(c.ended_at_ms, c.until_ms))
         WHERE b.id = s.booking)
       ON CONFLICT (booking_id) DO NOTHING`,
      values: [stationNo, found.map(({ booking }) => booking), found.map(({ atMs }) => atMs)],
    },
  ]
}

function insertExceptions(key: StreamKey, effects: readonly OpEffect[]): readonly Statement[] {
  const found = effects.filter((effect) => effect.kind === 'exception')
  if (found.length === 0) return []
  const rows = found.map((effect) => ({ ...effect, op_ref: opRef(key, effect.seq) }))
  return [
    {
      name: 'uplink exceptions',
      text: `INSERT INTO exception (station_no, op_ref, kind, booking_id, fill_id, detail, at_ms)
       SELECT $1, op_ref, code, booking, fill, detail, "atMs"
       FROM json_to_recordset($2::json) AS r
         (op_ref text, code text, booking uuid, fill uuid, detail text, "atMs" bigint)
       ON CONFLICT (station_no, op_ref, kind) DO NOTHING`,
      values: [key.stationNo, JSON.stringify(rows)],
    },
  ]
}
