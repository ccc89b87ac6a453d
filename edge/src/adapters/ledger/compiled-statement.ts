import { is, Param, Placeholder } from 'drizzle-orm'
import type { Statement } from 'better-sqlite3'
import { boundLimit } from './bound-limit.ts'
import type { Sqlite } from './open-database.ts'

type Built = { readonly sql: string; readonly params: readonly unknown[] }

/** What drizzle makes of a query, from which a statement of the driver itself is made. */
export type BuiltQuery = { toSQL(): Built }

/** Values by the names of the query's placeholders. */
export type Slots = Readonly<Record<string, unknown>>

export type CompiledStatement = {
  readonly statement: Statement<unknown[]>
  /** The driver's values in the order of the statement's parameters. */
  readonly bind: (slots: Slots) => unknown[]
}

/**
 * A query built once and given to the driver. drizzle's own prepared query looks up afresh in every
 * run what each parameter and column is; in the ledger's hot path that costs more than SQLite.
 *
 * Null is NULL whatever the column; every other value written goes through the column's own encoder.
 */
export function compileStatement(sqlite: Sqlite, query: BuiltQuery): CompiledStatement {
  const { sql, params } = withLimitWritten(query.toSQL())
  const takers = params.map(takerOf)
  return {
    statement: sqlite.prepare<unknown[]>(sql),
    bind: (slots) => takers.map((take) => take(slots)),
  }
}

/** Made once, when it is first asked for: a start need not wait for it. */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** A limit known beforehand stands in the text, another one as `boundLimit` has it. */
function withLimitWritten({ sql, params }: Built): Built {
  const limit = params.at(-1)
  const ending = / limit \?$/
  if (!ending.test(sql)) return { sql, params }
  if (typeof limit !== 'number') return { sql: sql.replace(ending, ` ${boundLimit}`), params }
  return { sql: sql.replace(ending, ` limit ${limit}`), params: params.slice(0, -1) }
}

function takerOf(param: unknown): (slots: Slots) => unknown {
  if (is(param, Placeholder)) return ({ [param.name]: value }) => given(value, param.name)
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param
  const { encoder } = param
  const { name } = param.value
  return ({ [name]: value }) =>
    value === null ? null : encoder.mapToDriverValue(given(value, name))
}

/** The driver would take a forgotten value for NULL. */
function given(value: unknown, name: string): unknown {
  if (value === undefined) throw new TypeError(`no value for ${name}`)
  return value
}
