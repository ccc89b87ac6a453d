import { createHash } from 'node:crypto'

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

/**
 * Names a definition on one database: the table's oid and the database's epoch belong to it, so a
 * table that was made anew or a restored database never answers for an old handle.
 */
export function definitionHash(
  definition: ShapeDefinition,
  place: { readonly rel: number; readonly dbEpoch: number },
): string {
  const { schema, table, columns, where, params, replica, log } = definition
  const text = JSON.stringify([schema, table, columns, where, params, replica, log, place])
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function tableName({ schema, table }: ShapeDefinition): string {
  return `${quoteName(schema)}.${quoteName(table)}`
}
