import { Column, getTableColumns } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { compileStatement, onFirstUse, type BuiltQuery, type Slots } from './compiled-statement.ts'
import type { LedgerSession } from './ledger-session.ts'

export type PreparedRows<Row> = {
  get(slots?: Slots): Row | undefined
  all(slots?: Slots): Row[]
}

const noSlots: Slots = {}

/**
 * A select of whole rows (`select().from(table)` with any where, order and limit), compiled once, at the first use.
 * A column that has no decoder of its own is taken as the driver gives it.
 */
export function readRows<T extends SQLiteTable>(
  { sqlite }: Pick<LedgerSession, 'sqlite'>,
  table: T,
  query: BuiltQuery,
): PreparedRows<T['$inferSelect']> {
  const compiled = onFirstUse(() => {
    const { statement, bind } = compileStatement(sqlite, query)
    return { statement: statement.raw(), bind }
  })
  const columns = Object.entries(getTableColumns(table)).map(([name, column]) => ({
    name,
    decode: decoderOf(column),
  }))

  function rowOf(values: readonly unknown[]): T['$inferSelect'] {
    const row: Record<string, unknown> = {}
    for (let at = 0; at < columns.length; at += 1) {
      const { name, decode } = columns[at] as (typeof columns)[number]
      const value = values[at]
      row[name] = value === null || decode === undefined ? value : decode(value)
    }
    // The select lists the table's columns in their order.
    return row
  }

  return {
    get(slots = noSlots) {
      const { statement, bind } = compiled()
      const values = statement.get(...bind(slots)) as readonly unknown[] | undefined
      return values && rowOf(values)
    },
    all(slots = noSlots) {
      const { statement, bind } = compiled()
      return (statement.all(...bind(slots)) as (readonly unknown[])[]).map(rowOf)
    },
  }
}

function decoderOf(column: Column): ((value: unknown) => unknown) | undefined {
  if (column.mapFromDriverValue === Column.prototype.mapFromDriverValue) return undefined
  return (value) => column.mapFromDriverValue(value)
}
