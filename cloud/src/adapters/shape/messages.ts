import { quoteName, type ShapeDefinition } from './shape-definition.ts'

export type TextRow = Readonly<Record<string, string | null>>

/** One change of the log as it was captured, with its membership before and after. */
export type LoggedChange = {
  readonly seq: number
  readonly xid: number
  readonly op: 'I' | 'U' | 'D'
  readonly key: readonly (string | null)[]
  readonly peerKey: readonly (string | null)[] | null
  readonly old: TextRow | null
  readonly new: TextRow | null
  readonly wasIn: boolean
  readonly isIn: boolean
  /** The transaction's last change of this table. */
  readonly last: boolean
}

export type MessageContext = {
  readonly definition: ShapeDefinition
  readonly keyColumns: readonly string[]
}

/** `"schema"."table"` and `/"value"` per key part; a `/` inside a part is doubled, NULL is `_`. */
export function messageKey(
  { schema, table }: ShapeDefinition,
  parts: readonly (string | null)[],
): string {
  const values = parts.map((part) => (part === null ? '_' : `"${part.replaceAll('/', '//')}"`))
  return [`${quoteName(schema)}.${quoteName(table)}`, ...values].join('/')
}

/** A row of the snapshot as its JSON text. */
export function snapshotMessage({ definition, keyColumns }: MessageContext, row: TextRow): string {
  const { schema, table } = definition
  return JSON.stringify({
    key: messageKey(
      definition,
      keyColumns.map((column) => row[column] ?? null),
    ),
    value: row,
    headers: { operation: 'insert', relation: [schema, table] },
  })
}

/** The message a change means for this shape; undefined when it does not touch the shape. */
export function changeMessage(context: MessageContext, change: LoggedChange): string | undefined {
  const told = tellChange(context, change)
  if (told === undefined) return undefined
  const { schema, table } = context.definition
  const { operation, ...rest } = told
  return JSON.stringify({
    key: messageKey(context.definition, change.key),
    ...rest.message,
    headers: {
      operation,
      relation: [schema, table],
      lsn: String(change.seq),
      op_position: 0,
      txids: [change.xid],
      ...(change.last ? { last: true } : {}),
      ...keyChange(context.definition, change),
    },
  })
}

function keyChange(definition: ShapeDefinition, { op, peerKey }: LoggedChange) {
  if (peerKey === null) return {}
  const peer = messageKey(definition, peerKey)
  return op === 'D' ? { key_change_to: peer } : { key_change_from: peer }
}

type Told = {
  readonly operation: 'insert' | 'update' | 'delete'
  readonly message: { readonly value: TextRow; readonly old_value?: TextRow }
}

/** A row that leaves the where is a delete, one that enters it an insert. */
function tellChange(context: MessageContext, change: LoggedChange): Told | undefined {
  const { wasIn, isIn } = change
  const before = wasIn ? change.old : null
  const after = isIn ? change.new : null
  if (after !== null && before === null) return { operation: 'insert', message: { value: after } }
  if (after === null && before !== null) {
    return { operation: 'delete', message: { value: deleted(context, before) } }
  }
  return after !== null && before !== null ? updated(context, before, after) : undefined
}

function deleted({ definition, keyColumns }: MessageContext, before: TextRow): TextRow {
  return definition.replica === 'full' ? before : pick(before, keyColumns)
}

function updated(
  { definition, keyColumns }: MessageContext,
  before: TextRow,
  after: TextRow,
): Told | undefined {
  const changed = definition.columns.filter((column) => before[column] !== after[column])
  if (changed.length === 0) return undefined
  const message =
    definition.replica === 'full'
      ? { value: after, old_value: pick(before, changed) }
      : { value: pick(after, [...keyColumns, ...changed]) }
  return { operation: 'update', message }
}

function pick(row: TextRow, columns: readonly string[]): TextRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
}

export function upToDate(seq: number): string {
  return JSON.stringify({
    headers: { control: 'up-to-date', global_last_seen_lsn: String(seq) },
  })
}

export const mustRefetch = JSON.stringify([{ headers: { control: 'must-refetch' } }])

export type SnapshotMark = {
  readonly xmin: string
  readonly xmax: string
  readonly xip: readonly string[]
}

export function snapshotEndMessage({ xmin, xmax, xip }: SnapshotMark): string {
  return JSON.stringify({
    headers: { control: 'snapshot-end', xmin, xmax, xip_list: xip },
  })
}
