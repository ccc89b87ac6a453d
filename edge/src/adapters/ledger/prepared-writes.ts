import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { compileStatement, onFirstUse, type BuiltQuery, type Slots } from './compiled-statement.ts'
import type { LedgerSession } from './ledger-session.ts'

type Session = Pick<LedgerSession, 'db' | 'sqlite'>
type Row<T extends SQLiteTable> = T['$inferInsert']

/**
 * Writes of whole rows, compiled once, at the first. Building the SQL of a write costs more than
 * running it, and a scan writes ten rows. Every column of the table must be in the row, a generated id aside.
 */
export function insertRow<T extends SQLiteTable>(
  session: Session,
  table: T,
  options: { readonly generated?: keyof Row<T> } = {},
): (row: Row<T>) => void {
  return writerOf(session, () => session.db.insert(table).values(slotsOf(table, options.generated)))
}

/** Inserts the row; one of the same key stays as it is. */
export function insertNewRow<T extends SQLiteTable>(
  session: Session,
  table: T,
): (row: Row<T>) => void {
  return writerOf(session, () =>
    session.db.insert(table).values(slotsOf(table)).onConflictDoNothing(),
  )
}

/** Inserts the row, or gives the row of the same key every value of it. */
export function upsertRow<T extends SQLiteTable>(
  session: Session,
  table: T,
  {
    key,
    generated,
  }: {
    readonly key: SQLiteColumn | SQLiteColumn[]
    readonly generated?: keyof Row<T>
  },
): (row: Row<T>) => void {
  return writerOf(session, () => {
    const values = slotsOf(table, generated)
    return session.db.insert(table).values(values).onConflictDoUpdate({ target: key, set: values })
  })
}

/** Gives the row of this id every value. */
export function updateRow<T extends SQLiteTable>(
  session: Session,
  table: T,
  id: SQLiteColumn,
): (row: Row<T>) => void {
  const named = sql.placeholder(id.name)
  return writerOf(session, () => session.db.update(table).set(slotsOf(table)).where(eq(id, named)))
}

function writerOf({ sqlite }: Session, build: () => BuiltQuery): (row: Slots) => void {
  const compiled = onFirstUse(() => compileStatement(sqlite, build()))
  return (row) => {
    const { statement, bind } = compiled()
    statement.run(...bind(row))
  }
}

/** A placeholder for each column, named as the row's property. */
function slotsOf<T extends SQLiteTable>(table: T, generated?: keyof Row<T>): Row<T> {
  const names = Object.keys(getTableColumns(table)).filter((name) => name !== generated)
  // Placeholders stand where drizzle's type wants values; they are filled before anything runs.
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]))
}
