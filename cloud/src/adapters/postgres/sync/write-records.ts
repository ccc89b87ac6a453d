import type { RecordEffect } from '../../../domain/sync/op-effects.ts'
import type { OpKind } from '../../../domain/sync/station-op.ts'
import type { StreamKey } from '../../../ports/station-streams.ts'
import type { Statement } from '../send-together.ts'
import { recordTables, type RecordTable } from './record-tables.ts'
import { opRef } from './write-ops.ts'

export type Place = {
  readonly key: StreamKey
  readonly recvAtMs: number
  /** Epochs of the station are counted in the order they were opened. */
  readonly epochNo: number
}

/**
 * One statement per kind, in the order in which the kinds first appear. A shift that opens and
 * closes in one batch is written in that order too, because opening always comes first.
 */
export function writeRecords(place: Place, records: readonly RecordEffect[]): readonly Statement[] {
  const byKind = new Map<OpKind, RecordEffect[]>()
  for (const effect of records) {
    const same = byKind.get(effect.fact)
    if (same === undefined) byKind.set(effect.fact, [effect])
    else same.push(effect)
  }
  return [...byKind].flatMap(([kind, effects]) => {
    const table = recordTables[kind]
    return table === undefined ? [] : [insert(place, { kind, table, effects })]
  })
}

type OneKind = {
  readonly kind: OpKind
  readonly table: RecordTable
  readonly effects: readonly RecordEffect[]
}

function insert({ key, recvAtMs }: Place, { kind, table, effects }: OneKind): Statement {
  const rows = effects.map(({ body, entity, atMs, seq }) => ({
    ...body,
    entity,
    at_ms: atMs,
    op_ref: opRef(key, seq),
  }))
  const { columns, insert: sql } = table
  const usesReceipt = sql.includes('$3')
  return {
    name: `uplink ${kind}`,
    text: `WITH r AS (SELECT * FROM json_to_recordset($2::json) AS x (${columns})) ${sql}`,
    values: [key.stationNo, JSON.stringify(rows), ...(usesReceipt ? [recvAtMs] : [])],
  }
}
