import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Pool, PoolClient } from 'pg'
import { snapshotEndMessage, snapshotMessage, type SnapshotMark, type TextRow } from './messages.ts'
import { inReadTransaction } from './read-transaction.ts'
import { quoteName, tableName, type ShapeDefinition } from './shape-definition.ts'
import type { CapturedTable } from './table-catalog.ts'

const pack = promisify(gzip)

export type Snapshot = {
  /** Number of the last change that the snapshot contains. */
  readonly baseSeq: number
  /** JSON arrays, packed by gzip; at least one. */
  readonly chunks: readonly Buffer[]
}

export type SnapshotInput = {
  readonly definition: ShapeDefinition
  readonly part: number
  readonly table: CapturedTable
  readonly chunkBytes: number
}

const rowsPerFetch = 2_000
const snapshotTimeoutMs = 60_000

/**
 * Reads rows and log position at one moment, without any lock (sync.md 5.2): numbers of a part
 * commit in order, so everything up to `baseSeq` is inside and nothing above it.
 */
export function takeSnapshot(pool: Pool, input: SnapshotInput): Promise<Snapshot> {
  const options = { mode: 'snapshot', statementTimeoutMs: snapshotTimeoutMs } as const
  return inReadTransaction(pool, options, async (client) => {
    const { baseSeq, mark } = await readMoment(client, input)
    const builder = chunkBuilder(input.chunkBytes)
    if (input.definition.log === 'full') await readRows(client, input, builder.add)
    builder.add(snapshotEndMessage(mark))
    return { baseSeq, chunks: await builder.finish() }
  })
}

async function readMoment(client: PoolClient, { part, table }: SnapshotInput) {
  const { rows } = await client.query<{ base: string; xmin: string; xmax: string; xip: string }>(
    `SELECT coalesce(greatest(
         (SELECT max(seq) FROM change_log WHERE part = $1 AND rel = $2),
         (SELECT seq FROM change_floor WHERE part = $1 AND rel = $2)), 0) AS base,
       pg_snapshot_xmin(s)::text AS xmin, pg_snapshot_xmax(s)::text AS xmax,
       (SELECT coalesce(string_agg(x::text, ','), '') FROM pg_snapshot_xip(s) AS x) AS xip
     FROM pg_current_snapshot() AS s`,
    [part, table.rel],
  )
  const row = rows[0] ?? { base: '0', xmin: '0', xmax: '0', xip: '' }
  const xip = row.xip === '' ? [] : row.xip.split(',')
  const mark: SnapshotMark = { xmin: row.xmin, xmax: row.xmax, xip }
  return { baseSeq: Number(row.base), mark }
}

async function readRows(
  client: PoolClient,
  { definition, table }: SnapshotInput,
  add: (message: string) => void,
): Promise<void> {
  const columns = definition.columns.map((name) => `${quoteName(name)}::text`).join(', ')
  const where = definition.where === null ? '' : `WHERE (${definition.where})`
  const sql = `SELECT ${columns} FROM ${tableName(definition)} ${where}`
  await client.query(`DECLARE snapshot_rows NO SCROLL CURSOR FOR ${sql}`, [...definition.params])
  const context = { definition, keyColumns: table.key }
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `FETCH ${rowsPerFetch} FROM snapshot_rows`,
      rowMode: 'array',
    })
    for (const values of rows) add(snapshotMessage(context, textRow(definition.columns, values)))
    if (rows.length < rowsPerFetch) return
  }
}

function textRow(columns: readonly string[], values: readonly (string | null)[]): TextRow {
  return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]))
}

/** Packs full chunks while the rest is being read, so that only one is held unpacked. */
function chunkBuilder(chunkBytes: number) {
  const packed: Promise<Buffer>[] = []
  let messages: string[] = []
  let size = 0

  function close(): void {
    if (messages.length === 0) return
    packed.push(pack(`[${messages.join(',')}]`))
    messages = []
    size = 0
  }

  return {
    add(message: string): void {
      if (size > 0 && size + message.length > chunkBytes) close()
      messages.push(message)
      size += message.length
    },
    finish(): Promise<readonly Buffer[]> {
      close()
      return Promise.all(packed)
    },
  }
}
