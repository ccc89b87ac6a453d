import type { SyncConflict, SyncConflicts } from '@baari/shared/contracts/http/sync-api'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import type { Pool } from 'pg'

const shownAtOnce = 50

type Row = {
  readonly id: string
  readonly station_no: number
  readonly kind: SyncConflict['kind']
  readonly code: string
  readonly detail: string
  readonly at_ms: string
  readonly raw: Buffer | null
  readonly held: readonly { readonly table: string; readonly row: Record<string, unknown> }[]
}

type Facts = SyncConflict['held'][number]['facts']

/** What waits for a person, the station's words beside the cloud's rows. */
export async function openConflicts(pool: Pool, station: number | null): Promise<SyncConflicts> {
  const { rows } = await pool.query<Row>(sql, [station, shownAtOnce + 1])
  const conflicts = rows.slice(0, shownAtOnce).map((row): SyncConflict => ({
    id: row.id,
    station: row.station_no,
    kind: row.kind,
    code: row.code,
    detail: row.detail,
    atMs: Number(row.at_ms),
    told: toldBy(row.raw),
    held: row.held.map(({ table, row: columns }) => ({ table, facts: factsOf(columns) })),
  }))
  return { conflicts, more: rows.length > conflicts.length }
}

function toldBy(raw: Buffer | null): SyncConflict['told'] {
  const line = raw === null ? undefined : opLine.safeParse(parseJson(raw))
  if (line?.success !== true) return null
  return { kind: line.data.k, facts: factsOf(line.data.b) }
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Secrets and sealed columns have no place on a screen; long texts are cut. */
const hidden = new Set(['token', 'rawBase64', 'raw_base64', 'request_key', 'driver_id'])
const longest = 120

function factsOf(columns: Record<string, unknown>): Facts {
  const shown = Object.entries(columns).filter(([name]) => !hidden.has(name))
  return Object.fromEntries(shown.map(([name, value]) => [name, textOf(value)]))
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** An op's place lies in `op_ref` as epoch/stream/seq. */
const sql = `
WITH waiting AS (
  SELECT 'exception/' || e.id AS id, e.station_no, 'exception' AS kind, e.kind AS code, e.detail,
    e.at_ms, split_part(e.op_ref, '/', 1) AS epoch, split_part(e.op_ref, '/', 2) AS stream,
    nullif(split_part(e.op_ref, '/', 3), '')::bigint AS seq, e.booking_id, e.fill_id
  FROM exception e WHERE e.resolved_at_ms IS NULL AND ($1::int IS NULL OR e.station_no = $1)
  UNION ALL
  SELECT concat_ws('/', 'letter', d.station_no, d.epoch, d.stream, d.seq), d.station_no,
    'dead-letter', d.code, d.verdict, d.at_ms, d.epoch, d.stream, d.seq, NULL, NULL
  FROM dead_letter d WHERE d.resolved_at_ms IS NULL AND ($1::int IS NULL OR d.station_no = $1)
  ORDER BY at_ms, id LIMIT $2)
SELECT w.id, w.station_no, w.kind, w.code, w.detail, w.at_ms, o.raw,
  coalesce((SELECT jsonb_agg(held) FROM (
    SELECT jsonb_build_object('table', 'booking', 'row', to_jsonb(b)) AS held
    FROM booking b WHERE b.id = w.booking_id
    UNION ALL
    SELECT jsonb_build_object('table', 'sale', 'row', to_jsonb(s))
    FROM sale s WHERE s.fill_id = w.fill_id
    UNION ALL
    SELECT jsonb_build_object('table', 'payment', 'row', to_jsonb(p))
    FROM payment_collected p WHERE p.fill_id = w.fill_id AND p.station_no = w.station_no
    UNION ALL
    SELECT jsonb_build_object('table', 'check-in', 'row', to_jsonb(c))
    FROM check_in c WHERE c.booking_id = w.booking_id) AS rows), '[]') AS held
FROM waiting w
LEFT JOIN station_op o ON o.station_no = w.station_no AND o.epoch = w.epoch
  AND o.stream = w.stream AND o.seq = w.seq
ORDER BY w.at_ms, w.id`
