import { createHash } from 'node:crypto'
import { quoteName } from './identifiers.ts'

/** What a shape is: its table, the rows and the columns of it, and how changes are told. */
export type ShapeDefinition = {
  readonly schema: string
  readonly table: string
  readonly columns: readonly string[]
  /** SQL over the table's columns with `$1…` for `params`; null takes every row. */
  readonly where: string | null
  readonly params: readonly string[]
  readonly replica: 'default' | 'full'
  readonly log: 'full' | 'changes_only'
}

/** A shape as its client may see it, and the partition of the change log it lives in. */
export type GatedShape = {
  readonly definition: ShapeDefinition
  readonly part: number
  /**
   * Column that names the station; absent in tables that all stations share. Where it is given,
   * `where` is `column = $1` and the one param the station's number.
   */
  readonly stationColumn: string | null
}

export type ShapePlace = {
  /** The table's oid: one that was dropped and made anew is another. */
  readonly rel: number
  /** Columns of the key and types of the chosen columns: the text of a row depends on them. */
  readonly key: readonly string[]
  readonly types: readonly string[]
  readonly dbEpoch: number
}

/**
 * Names a definition on one database: the table's oid and the database's epoch belong to it, so a
 * table that was made anew or a restored database never answers for an old handle.
 */
export function definitionHash(definition: ShapeDefinition, place: ShapePlace): string {
  const { schema, table, columns, where, params, replica, log } = definition
  const { rel, key, types, dbEpoch } = place
  const about = [rel, key, types, dbEpoch]
  const text = JSON.stringify([schema, table, columns, where, params, replica, log, about])
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

export function tableName({ schema, table }: Pick<ShapeDefinition, 'schema' | 'table'>): string {
  return `${quoteName(schema)}.${quoteName(table)}`
}
