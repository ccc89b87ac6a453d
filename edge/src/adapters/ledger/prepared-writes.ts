import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { LedgerSession } from './ledger-session.ts'

type Db = LedgerSession['db']
type Row<T extends SQLiteTable> = T['$inferInsert']

/**
 * Writes of whole rows, compiled once. Building the SQL of a write costs more than running it, and
 * a scan writes ten rows. Every column of the table must be in the row, a generated id aside.
 *
 * Null reaches the column's own encoder, which for JSON and booleans makes something else of it:
 * such columns must be NOT NULL.
 */
export function insertRow<T extends SQLiteTable>(
  db: Db,
  table: T,
  options: { readonly generated?: keyof Row<T> } = {},
): (row: Row<T>) => void {
  const prepared = db.insert(table).values(slotsOf(table, options.generated)).prepare()
  return (row) => void prepared.run(row)
}

/** Inserts the row, or gives the row of the same key every value of it. */
export function upsertRow<T extends SQLiteTable>(
  db: Db,
  table: T,
  {
    key,
    generated,
  }: {
    readonly key: SQLiteColumn | SQLiteColumn[]
    readonly generated?: keyof Row<T>
  },
): (row: Row<T>) => void {
  const values = slotsOf(table, generated)
  const prepared = db
    .insert(table)
    .values(values)
    .onConflictDoUpdate({ target: key, set: values })
    .prepare()
  return (row) => void prepared.run(row)
}

/** Gives the row of this id every value. */
export function updateRow<T extends SQLiteTable>(
  db: Db,
  table: T,
  id: SQLiteColumn,
): (row: Row<T>) => void {
  const prepared = db
    .update(table)
    .set(slotsOf(table))
    .where(eq(id, sql.placeholder(id.name)))
    .prepare()
  return (row) => void prepared.run(row)
}

/** A placeholder for each column, named as the row's property. */
function slotsOf<T extends SQLiteTable>(table: T, generated?: keyof Row<T>): Row<T> {
  const names = Object.keys(getTableColumns(table)).filter((name) => name !== generated)
  // Placeholders stand where drizzle's type wants values; they are filled before anything runs.
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]))
}
