import type { PoolClient } from 'pg'
import type { RecordEffect } from '../../../domain/sync/op-effects.ts'
import type { OpKind } from '../../../domain/sync/station-op.ts'
import type { StreamKey } from '../../../ports/station-streams.ts'
import { recordTables, type RecordTable } from './record-tables.ts'

export type Place = { readonly key: StreamKey; readonly recvAtMs: number }

/**
 * One statement per kind, in the order in which the kinds first appear. A shift that opens and
 * closes in one batch is written in that order too, because opening always comes first.
 */
export async function writeRecords(
  client: PoolClient,
  place: Place,
  records: readonly RecordEffect[],
): Promise<void> {
  const byKind = new Map<OpKind, RecordEffect[]>()
  for (const effect of records) {
    const same = byKind.get(effect.fact)
    if (same === undefined) byKind.set(effect.fact, [effect])
    else same.push(effect)
  }
  for (const [kind, effects] of byKind) {
    const table = recordTables[kind]
    if (table !== undefined) await insert(client, place, { table, effects })
  }
}

type OneKind = { readonly table: RecordTable; readonly effects: readonly RecordEffect[] }

async function insert(
  client: PoolClient,
  { key, recvAtMs }: Place,
  { table, effects }: OneKind,
): Promise<void> {
  const rows = effects.map(({ body, entity, atMs, seq }) => ({
    ...body,
    entity,
    at_ms: atMs,
    op_ref: `${key.epoch}/${key.stream}/${seq}`,
  }))
  const { columns, insert: sql } = table
  const usesReceipt = sql.includes('$3')
  await client.query(
    `WITH r AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS x (${columns})) ${sql}`,
    [key.stationNo, JSON.stringify(rows), ...(usesReceipt ? [recvAtMs] : [])],
  )
}
