import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Pool, PoolClient } from 'pg'
import { insertSql, rowsSql, type MessageSql } from './message-sql.ts'
import { snapshotEndMessage, type SnapshotMark } from './messages.ts'
import { inReadTransaction } from './read-transaction.ts'
import type { GatedShape } from './shape-definition.ts'
import type { CapturedTable } from './table-catalog.ts'

const pack = promisify(gzip)

export type Snapshot = {
  /** Number of the last change that the snapshot contains. */
  readonly baseSeq: number
  /** How many chunks were handed over; at least one. */
  readonly chunks: number
}

export type SnapshotInput = {
  readonly shape: GatedShape
  readonly table: CapturedTable
  readonly chunkBytes: number
  /** Keeps one chunk, a JSON array packed by gzip. */
  readonly keep: (n: number, body: Buffer) => Promise<void>
}

const rowsPerFetch = 2_000
const snapshotTimeoutMs = 60_000
/** Chunks read ahead of the one being stored: bounds the memory of a large table. */
const chunksAhead = 4

/**
 * Reads rows and log position at one moment, without any lock (sync.md 5.2): numbers of a part
 * commit in order, so everything up to `baseSeq` is inside and nothing above it.
 */
export function takeSnapshot(pool: Pool, input: SnapshotInput): Promise<Snapshot> {
  const options = { mode: 'snapshot', statementTimeoutMs: snapshotTimeoutMs } as const
  return inReadTransaction(pool, options, async (client) => {
    const { baseSeq, mark } = await readMoment(client, input)
    const builder = chunkBuilder(input)
    if (input.shape.definition.log === 'full') await readRows(client, input, builder.add)
    await builder.add(snapshotEndMessage(mark))
    return { baseSeq, chunks: await builder.finish() }
  })
}

export type Moment = { readonly baseSeq: number; readonly mark: SnapshotMark }

/** Where the log of the shape's table stands, and who is visible, in the client's transaction. */
export async function readMoment(
  client: PoolClient,
  { shape, table }: Pick<SnapshotInput, 'shape' | 'table'>,
): Promise<Moment> {
  const { rows } = await client.query<{ base: string; xmin: string; xmax: string; xip: string }>(
    `SELECT coalesce(greatest(
         (SELECT max(seq) FROM change_log WHERE part = $1 AND rel = $2),
         (SELECT seq FROM change_floor WHERE part = $1 AND rel = $2)), 0) AS base,
       pg_snapshot_xmin(s)::text AS xmin, pg_snapshot_xmax(s)::text AS xmax,
       (SELECT coalesce(string_agg(x::text, ','), '') FROM pg_snapshot_xip(s) AS x) AS xip
     FROM pg_current_snapshot() AS s`,
    [shape.part, table.rel],
  )
  const row = rows[0] ?? { base: '0', xmin: '0', xmax: '0', xip: '' }
  const xip = row.xip === '' ? [] : row.xip.split(',')
  return { baseSeq: Number(row.base), mark: { xmin: row.xmin, xmax: row.xmax, xip_list: xip } }
}

async function readRows(
  client: PoolClient,
  { shape, table }: SnapshotInput,
  add: (message: string) => Promise<void>,
): Promise<void> {
  const { definition } = shape
  const about: MessageSql = { definition, table }
  const sql = insertSql(about, { rows: rowsSql(about), end: '' })
  await client.query(`DECLARE snapshot_rows NO SCROLL CURSOR FOR ${sql}`, [...definition.params])
  for (;;) {
    const { rows } = await client.query<[string]>({
      text: `FETCH ${rowsPerFetch} FROM snapshot_rows`,
      rowMode: 'array',
    })
    for (const [message] of rows) await add(message)
    if (rows.length < rowsPerFetch) return
  }
}

/** Joins messages to chunks of at most `chunkBytes`, unless one message alone is larger. */
function chunkBuilder({ chunkBytes, keep }: SnapshotInput) {
  const kept: Promise<void>[] = []
  let messages: string[] = []
  let size = 0

  async function close(): Promise<void> {
    const n = kept.length
    kept.push(pack(`[${messages.join(',')}]`).then((body) => keep(n, body)))
    messages = []
    size = 0
    await kept[n - chunksAhead]
  }

  return {
    async add(message: string): Promise<void> {
      const bytes = Buffer.byteLength(message) + 1
      if (size > 0 && size + bytes > chunkBytes) await close()
      messages.push(message)
      size += bytes
    },
    async finish(): Promise<number> {
      await close()
      await Promise.all(kept)
      return kept.length
    },
  }
}
