import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { monoElapsed, type Mono } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { parseColumns, parseRelation, quoteName, type RelationName } from './identifiers.ts'
import { tableName, type ShapeDefinition } from './shape-definition.ts'
import type { RequestErrors } from './shape-request.ts'
import type { AskedShape } from './served-shape.ts'
import { paramList } from './subset-request.ts'
import {
  attachCapture,
  CapturedPerStation,
  readTable,
  TableDropped,
  typesOf,
} from './table-catalog.ts'
import type { CapturedTable, TableKnown } from './table-catalog.ts'
import { validateWhere } from './where-clause.ts'

export type OpenShape = AskedShape & {
  /** Columns a subset's texts may name. */
  readonly queryable: readonly string[]
}

/** Valid conditions this process has seen; the database need not judge them at each request. */
const seenMax = 1_000

/**
 * Takes the shape from the request as it stands: any table, any condition. For development and
 * conformance on loopback only (sync.md 6.1).
 */
export function openGate(pool: Pool, clock: Clock) {
  const seen = new Set<string>()
  const tables = recentTables(pool, clock)

  async function validOnce(definition: ShapeDefinition, table: CapturedTable) {
    const { schema, table: name, where, params } = definition
    if (where === null) return params.length === 0 ? undefined : 'params without a where'
    const columns = seenByTriggers(table)
    const about = [table.rel, typesOf(table, columns)]
    const fingerprint = JSON.stringify([schema, name, where, params, about])
    if (seen.has(fingerprint)) return undefined
    const valid = await validateWhere(pool, { schema, table: name, where, params, columns })
    if (!valid.ok) return valid.error
    if (seen.size >= seenMax) seen.clear()
    seen.add(fingerprint)
    return undefined
  }

  return async (query: URLSearchParams): Promise<Result<OpenShape, RequestErrors>> => {
    const text = query.get('table') ?? ''
    if (text === '') return err({ table: ["can't be blank"] })
    const name = parseRelation(text)
    if (!name.ok) return err({ table: [name.error] })
    // A client that follows already is told of a dropped table by its log, not by a refusal.
    const table = await tables.read(name.value, { recent: query.has('handle') })
    if (table === undefined) return err({ table: [missing(name.value)] })
    const chosen = chooseColumns(query, table)
    if (!chosen.ok) return chosen
    const definition = define(query, { name: name.value, columns: chosen.value.columns })
    if (!definition.ok) return definition
    const wrong = await validOnce(definition.value, table)
    if (wrong !== undefined) return err({ where: [wrong] })
    if (!table.captured) {
      const attached = await attach(pool, table)
      if (!attached.ok) return attached
      tables.captured(name.value)
    }
    const gated = { definition: definition.value, part: 0, stationColumn: null }
    return ok({ gated, table, queryable: chosen.value.queryable })
  }
}

const recentMs = 1_000
/** A table is often dropped to be made anew: its followers come again instead of giving up. */
const droppedMs = 5_000
const tablesMax = 1_000

/** Tables as they are, or for who follows one already as they were up to a second ago. */
function recentTables(pool: Pool, clock: Clock) {
  const known = new Map<string, { readonly table: TableKnown; readonly at: Mono }>()

  const keyOf = ({ schema, table }: RelationName): string => JSON.stringify([schema, table])

  async function read(
    name: RelationName,
    { recent }: { readonly recent: boolean },
  ): Promise<TableKnown | undefined> {
    const key = keyOf(name)
    const found = known.get(key)
    if (recent && found !== undefined && monoElapsed(found.at, clock.mono()) < recentMs) {
      return found.table
    }
    const table = await readTable(pool, name)
    if (table === undefined) {
      const seenAgo = found === undefined ? Infinity : monoElapsed(found.at, clock.mono())
      if (seenAgo < droppedMs) throw new TableDropped(`${tableName(name)} was dropped just now`)
      known.delete(key)
      return undefined
    }
    if (known.size >= tablesMax) known.clear()
    known.set(key, { table, at: clock.mono() })
    return table
  }

  return {
    read,
    captured(name: RelationName): void {
      const found = known.get(keyOf(name))
      if (found === undefined) return
      known.set(keyOf(name), { ...found, table: { ...found.table, captured: true } })
    },
  }
}

async function attach(pool: Pool, table: CapturedTable): Promise<Result<null, RequestErrors>> {
  try {
    await attachCapture(pool, { table, stationColumn: null })
    return ok(null)
  } catch (error) {
    if (error instanceof CapturedPerStation) return err({ table: [error.message] })
    throw error
  }
}

function missing({ schema, table }: RelationName): string {
  return (
    `Table ${quoteName(schema)}.${quoteName(table)} does not exist. ` +
    'If the table name contains capitals or special characters you must quote it.'
  )
}

/** A column that is computed when it is read never reaches the log. */
function seenByTriggers({ columns }: CapturedTable): readonly string[] {
  return columns.filter(({ virtual }) => !virtual).map(({ name }) => name)
}

type Chosen = { readonly columns: readonly string[]; readonly queryable: readonly string[] }

function chooseColumns(
  query: URLSearchParams,
  table: CapturedTable,
): Result<Chosen, RequestErrors> {
  const all = seenByTriggers(table)
  const queryable = listed(query.get('queryable_columns'), { all, field: 'queryable_columns' })
  if (!queryable.ok) return queryable
  const columns = listed(query.get('columns'), { all: queryable.value, field: 'columns' })
  if (!columns.ok) return columns
  const key = table.columns.some(({ pkIndex }) => pkIndex !== null) ? table.key : []
  const lost = key.filter((name) => !columns.value.includes(name))
  if (lost.length > 0) {
    const text = `The list of columns must include all primary key columns, missing: ${lost.join(', ')}`
    return err({ columns: [text] })
  }
  return ok({ columns: columns.value, queryable: queryable.value })
}

type Listed = { readonly all: readonly string[]; readonly field: string }

function listed(
  text: string | null,
  { all, field }: Listed,
): Result<readonly string[], RequestErrors> {
  if (text === null) return ok(all)
  const names = parseColumns(text)
  if (!names.ok) return err({ [field]: [names.error] })
  const unknown = names.value.filter((name) => !all.includes(name))
  if (unknown.length > 0) {
    const found = `The following columns are not found on the table: ${unknown.join(', ')}`
    return err({ [field]: [found] })
  }
  return ok(all.filter((name) => names.value.includes(name)))
}

type Define = { readonly name: RelationName; readonly columns: readonly string[] }

const param = /^params\[(\d+)\]$/

function define(
  query: URLSearchParams,
  { name, columns }: Define,
): Result<ShapeDefinition, RequestErrors> {
  const replica = query.get('replica') ?? 'default'
  if (replica !== 'default' && replica !== 'full') return err({ replica: ['is invalid'] })
  const log = query.get('log') ?? 'full'
  if (log !== 'full' && log !== 'changes_only') return err({ log: ['is invalid'] })
  const numbered = [...query].flatMap(([key, value]) => {
    const [, number] = param.exec(key) ?? []
    return number === undefined ? [] : [[number, value] as const]
  })
  const params = paramList(Object.fromEntries(numbered))
  if (params === undefined) return err({ params: ['must be numbered from 1 without gaps'] })
  return ok({ ...name, columns, where: query.get('where'), params, replica, log })
}
