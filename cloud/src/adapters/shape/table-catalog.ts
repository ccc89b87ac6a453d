import type { Pool } from 'pg'
import { inReadTransaction } from './read-transaction.ts'
import type { GatedShape } from './station-gate.ts'

export type TableColumn = {
  readonly name: string
  readonly type: string
  readonly dims: number
  readonly notNull: boolean
  readonly pkIndex: number | null
}

export type CapturedTable = {
  readonly rel: number
  readonly columns: readonly TableColumn[]
  /** Columns of the key, in the key's order. */
  readonly key: readonly string[]
}

/** A lock on the table was not to be had in time; somebody holds it. */
export class CaptureBusy extends Error {
  override readonly name = 'CaptureBusy'
}

const attachWithin = '5s'
const noLock = '55P03'

/** Knows the captured tables of this process; capture is attached at the first request. */
export function tableCatalog(pool: Pool) {
  const known = new Map<string, Promise<CapturedTable>>()

  async function capture({ definition, stationColumn }: GatedShape): Promise<CapturedTable> {
    const table = await readTable(pool, definition.schema, definition.table)
    await attach(pool, { rel: table.rel, stationColumn, key: table.key })
    return table
  }

  return function captured(shape: GatedShape): Promise<CapturedTable> {
    const { schema, table } = shape.definition
    const name = JSON.stringify([schema, table])
    const found = known.get(name)
    if (found !== undefined) return found
    const made = capture(shape)
    known.set(name, made)
    // A failure is tried again by the next request.
    made.catch(() => known.delete(name))
    return made
  }
}

type ColumnSql = {
  readonly rel: string
  readonly name: string
  readonly type: string
  readonly dims: number
  readonly not_null: boolean
  readonly pk_index: number | null
}

async function readTable(pool: Pool, schema: string, table: string): Promise<CapturedTable> {
  const { rows } = await pool.query<ColumnSql>(
    `SELECT c.oid::bigint AS rel, a.attname AS name, coalesce(e.typname, t.typname) AS type,
       a.attndims AS dims, a.attnotnull AS not_null,
       array_position(i.indkey::int2[], a.attnum) AS pk_index
     FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'
     ORDER BY a.attnum`,
    [schema, table],
  )
  const columns = rows.map((row) => ({
    name: row.name,
    type: row.type,
    dims: row.dims,
    notNull: row.not_null,
    pkIndex: row.pk_index,
  }))
  const keyed = columns.filter((column) => column.pkIndex !== null)
  const ordered = keyed.toSorted((a, b) => (a.pkIndex ?? 0) - (b.pkIndex ?? 0))
  const key = (ordered.length > 0 ? ordered : columns).map((column) => column.name)
  return { rel: Number(rows[0]?.rel ?? 0), columns, key }
}

type Capture = {
  readonly rel: number
  readonly stationColumn: string | null
  readonly key: readonly string[]
}

async function attach(pool: Pool, { rel, stationColumn, key }: Capture): Promise<void> {
  try {
    await inReadTransaction(pool, { mode: 'write', lockTimeout: attachWithin }, (client) =>
      client.query('SELECT shape_attach($1::oid::regclass, $2, $3)', [
        rel,
        stationColumn ?? '',
        key,
      ]),
    )
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === noLock) {
      throw new CaptureBusy(`capture of table ${rel} waits for a lock`)
    }
    throw error
  }
}
