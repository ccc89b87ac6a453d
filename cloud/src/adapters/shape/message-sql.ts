import { quoteName, quoteText } from './identifiers.ts'
import { tableName, type ShapeDefinition } from './shape-definition.ts'
import type { CapturedTable } from './table-catalog.ts'

/**
 * PostgreSQL writes the messages itself, from its own text of each value: the server's one thread
 * only joins them. What stands between these pieces is JSON.
 */

/** `"schema"."table"` and `/"value"` per key part; a `/` inside a part is doubled, NULL is `_`. */
export function keySql(definition: ShapeDefinition, parts: readonly string[]): string {
  const name = quoteText(tableName(definition))
  const values = parts.map(
    (part) => `'/' || coalesce('"' || replace(${part}, '/', '//') || '"', '_')`,
  )
  return `to_json(${[name, ...values].join(' || ')})::text`
}

function json(hstore: string): string {
  return `hstore_to_json(${hstore})::text`
}

function names(columns: readonly string[]): string {
  return `ARRAY[${columns.map(quoteText).join(', ')}]::text[]`
}

/** An hstore with the shape's columns of a row. */
function shown(hstore: string, { definition, table }: MessageSql): string {
  const all = table.columns.every(({ name }) => definition.columns.includes(name))
  return all ? hstore : `slice(${hstore}, ${names(definition.columns)})`
}

export type MessageSql = { readonly definition: ShapeDefinition; readonly table: CapturedTable }

function headers(definition: ShapeDefinition, operation: string): string {
  const relation = JSON.stringify([definition.schema, definition.table])
  return `,"headers":{"operation":"${operation}","relation":${relation}`
}

/**
 * The rows of the shape's table in the hstore column `row`, by its where and another one. Columns
 * that neither the shape nor the key names are left out before anything is written.
 */
export function rowsSql({ definition, table }: MessageSql, more?: string): string {
  const columns = [...new Set([...definition.columns, ...table.key])].map(quoteName).join(', ')
  const tests = [definition.where, more ?? null].flatMap((sql) =>
    sql === null ? [] : [`(${sql}\n)`],
  )
  const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`
  return `SELECT ${columns} FROM ${tableName(definition)} AS ${quoteName(definition.table)} ${where}`
}

/** A row of a snapshot as its message; `end` closes the headers. OFFSET 0 keeps hstore() at one call. */
export function insertSql(about: MessageSql, { rows, end }: { rows: string; end: string }): string {
  const { definition, table } = about
  const key = keySql(
    definition,
    table.key.map((column) => `row -> ${quoteText(column)}`),
  )
  const wider = table.key.some((column) => !definition.columns.includes(column))
  const value = wider ? `slice(row, ${names(definition.columns)})` : 'row'
  const tail = quoteText(`${headers(definition, 'insert')}${end}}}`)
  return `SELECT '{"key":' || ${key} || ',"value":' || ${json(value)} || ${tail}
    FROM (SELECT hstore(shape_row) AS row FROM (${rows}) AS shape_row OFFSET 0) AS shape_rows`
}

/**
 * What one change of the log, the row `c` with `was_in` and `is_in` for its membership, means for the
 * shape: a message without its end, or NULL. A row that leaves the where is a delete, one that
 * enters it an insert; an update that touches no column of the shape is nothing.
 */
export function changeSql(about: MessageSql): string {
  const { definition, table } = about
  const key = `'{"key":' || ${keySql(definition, parts('key', table))} || ',"value":' || `
  const full = definition.replica === 'full'
  const keys = names(table.key)
  const changed = shown('(c.new - c.old)', about)
  const before = full ? shown('c.old', about) : `slice(c.old, ${keys})`
  const after = full ? shown('c.new', about) : `slice(c.new, ${keys}) || ${changed}`
  const old = full ? `|| ',"old_value":' || ${json(shown('(c.old - c.new)', about))}` : ''
  const text = (operation: string): string => quoteText(headers(definition, operation))
  return `CASE
    WHEN c.is_in AND NOT c.was_in THEN ${key} ${json(shown('c.new', about))} || ${text('insert')} || ${peer(about, 'from')}
    WHEN c.was_in AND NOT c.is_in THEN ${key} ${json(before)} || ${text('delete')} || ${peer(about, 'to')}
    WHEN c.was_in AND c.is_in AND ${changed} <> ''::hstore
      THEN ${key} ${json(after)} ${old} || ${text('update')}
    END`
}

function parts(array: 'key' | 'peer_key', table: CapturedTable): readonly string[] {
  return table.key.map((_column, index) => `c.${array}[${index + 1}]`)
}

function peer({ definition, table }: MessageSql, direction: 'from' | 'to'): string {
  const key = keySql(definition, parts('peer_key', table))
  return `CASE WHEN c.peer_key IS NULL THEN '' ELSE ',"key_change_${direction}":' || ${key} END`
}
