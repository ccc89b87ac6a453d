import type { Pool } from 'pg'
import type { RelationName } from './identifiers.ts'
import { inReadTransaction } from './read-transaction.ts'

export type TableColumn = {
  readonly name: string
  readonly type: string
  readonly dims: number
  /** PostgreSQL's own type modifier; -1 for none. */
  readonly modifier: number
  readonly notNull: boolean
  readonly pkIndex: number | null
  /** Computed when it is read: a trigger never sees its value. */
  readonly virtual: boolean
}

export type CapturedTable = {
  readonly rel: number
  readonly columns: readonly TableColumn[]
  /** Columns of the key, in the key's order; all columns where there is no key. */
  readonly key: readonly string[]
}

export type TableKnown = CapturedTable & {
  /** `shape_capture` was attached with this key, and for tables without a station. */
  readonly captured: boolean
}

/** A lock on the table was not to be had in time; somebody holds it. */
export class CaptureBusy extends Error {
  override readonly name = 'CaptureBusy'
}

/** The table was dropped while it was asked for. */
export class TableDropped extends Error {
  override readonly name = 'TableDropped'
}

/** The table is captured per station and cannot be followed as a whole. */
export class CapturedPerStation extends Error {
  override readonly name = 'CapturedPerStation'
}

const attachWithin = '5s'
/** Above the wait for the lock, so that it is the lock that is told of. */
const attachStatementMs = 8_000
const noLock = '55P03'
const perStation = '55000'

export type Attach = {
  readonly table: CapturedTable
  readonly stationColumn: string | null
}

type ColumnSql = {
  readonly rel: string
  readonly captured: boolean | null
  readonly name: string
  readonly type: string
  readonly dims: number
  readonly modifier: number
  readonly not_null: boolean
  readonly pk_index: number | null
  readonly virtual: boolean
}

/** Undefined when there is no such table, or it is a view or partitioned. */
export async function readTable(
  pool: Pool,
  { schema, table }: RelationName,
): Promise<TableKnown | undefined> {
  const { rows } = await pool.query<ColumnSql>({
    name: 'shape table',
    text: `SELECT c.oid::bigint AS rel, a.attname AS name, coalesce(e.typname, t.typname) AS type,
       a.attndims AS dims, a.atttypmod AS modifier, a.attnotnull AS not_null,
       array_position(i.indkey::int2[], a.attnum) AS pk_index, a.attgenerated = 'v' AS virtual,
       g.tgargs = shape_capture_arguments('', coalesce(
         (SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int2[], k.attnum))
          FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attnum = ANY (i.indkey::int2[])),
         (SELECT array_agg(k.attname::text ORDER BY k.attnum) FROM pg_attribute k
          WHERE k.attrelid = c.oid AND k.attnum > 0 AND NOT k.attisdropped
            AND k.attgenerated <> 'v'))) AS captured
     FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     LEFT JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = 'shape_capture'
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'
     ORDER BY a.attnum`,
    values: [schema, table],
  })
  const [first] = rows
  if (first === undefined) return undefined
  const columns = rows.map(columnOf)
  const keyed = columns.filter((column) => column.pkIndex !== null)
  const ordered = keyed.toSorted((a, b) => (a.pkIndex ?? 0) - (b.pkIndex ?? 0))
  const key = (ordered.length > 0 ? ordered : columns.filter(({ virtual }) => !virtual)).map(
    (column) => column.name,
  )
  return { rel: Number(first.rel), captured: first.captured === true, columns, key }
}

function columnOf(row: ColumnSql): TableColumn {
  const { name, type, dims, modifier, virtual } = row
  return { name, type, dims, modifier, virtual, notNull: row.not_null, pkIndex: row.pk_index }
}

/**
 * Attaches change capture, where it is not there already.
 * @throws CaptureBusy when somebody holds the table for too long, CapturedPerStation
 */
export async function attachCapture(pool: Pool, { table, stationColumn }: Attach): Promise<void> {
  const { rel, key } = table
  try {
    const limits = { lockTimeout: attachWithin, statementTimeoutMs: attachStatementMs }
    await inReadTransaction(pool, { mode: 'write', ...limits }, (client) =>
      client.query('SELECT shape_attach($1::oid::regclass, $2, $3)', [
        rel,
        stationColumn ?? '',
        key,
      ]),
    )
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === noLock) throw new CaptureBusy(`capture of table ${rel} waits for a lock`)
    if (code === perStation) throw new CapturedPerStation(`table ${rel} is captured per station`)
    throw error
  }
}

/** PostgreSQL's ways to say that a table went away between two statements. */
const droppedStates = new Set(['42P01', 'XX000'])
const droppedWords = /^(relation .* does not exist|could not open relation with OID \d+)$/

/** True when the table was there a moment ago: worth asking again. */
export function isDropped(error: unknown): error is Error {
  if (error instanceof TableDropped) return true
  if (!(error instanceof Error) || !('code' in error)) return false
  return droppedStates.has(String(error.code)) && droppedWords.test(error.message)
}

/** The chosen columns' types in the words a handle depends on. */
export function typesOf({ columns }: CapturedTable, chosen: readonly string[]): readonly string[] {
  return columns
    .filter(({ name }) => chosen.includes(name))
    .map(({ name, type, dims, modifier }) => `${name} ${type} ${dims} ${modifier}`)
}
