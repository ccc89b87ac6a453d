import type { Pool } from 'pg'
import { changeMessage, type LoggedChange, type TextRow } from './messages.ts'
import { tableName } from './shape-definition.ts'
import type { ServedShape } from './shape-store.ts'

export type LogPage = {
  /** JSON texts of messages, at most one chunk of them. */
  readonly messages: readonly string[]
  /** Number of the last change that was read, in the shape or not. */
  readonly seq: number
  /** Number of the newest word that concerns the whole table. */
  readonly control: number
  /** True when nothing further was committed at the moment of reading. */
  readonly atEnd: boolean
}

export type LogPosition =
  | { readonly kind: 'page'; readonly page: LogPage }
  /** Pruned, retired, or beyond what this database ever wrote: the client starts anew. */
  | { readonly kind: 'gone' }

const rowsPerRead = 4_000

type LogSql = {
  readonly retired: boolean | null
  readonly floor: string | null
  readonly newest: string
  readonly control: string
  readonly changes: readonly ChangeSql[] | null
}

type ChangeSql = {
  readonly seq: number
  readonly xid: number
  readonly op: 'I' | 'U' | 'D'
  readonly key: readonly (string | null)[]
  readonly peer_key: readonly (string | null)[] | null
  readonly old: TextRow | null
  readonly new: TextRow | null
  readonly was_in: boolean
  readonly is_in: boolean
}

/**
 * Reads the log of one shape after `from`. One statement, so one moment: the handle's standing,
 * the pruned floor and the changes fit together.
 */
export async function readLog(
  pool: Pool,
  shape: ServedShape,
  { from, chunkBytes }: { readonly from: number; readonly chunkBytes: number },
): Promise<LogPosition> {
  const { definition, part, table } = shape
  const values = [...definition.params, part, table.rel, from, definition.columns, shape.handle]
  const { rows } = await pool.query<LogSql>(logSql(shape), values)
  const row = rows[0]
  if (row === undefined || row.retired !== false) return { kind: 'gone' }
  if (Number(row.floor ?? 0) > from || Number(row.newest) < from) return { kind: 'gone' }
  return { kind: 'page', page: pageOf(shape, row, { from, chunkBytes }) }
}

/** Membership is PostgreSQL's own answer on the row rebuilt from its text (sync.md 5.2). */
function logSql({ definition }: ServedShape): string {
  const k = definition.params.length
  const [part, rel, from, columns, handle] = [1, 2, 3, 4, 5].map((n) => `$${k + n}`)
  const member = (side: 'old' | 'new'): string =>
    definition.where === null
      ? `c.${side} IS NOT NULL`
      : `c.${side} IS NOT NULL AND coalesce((SELECT (${definition.where}) FROM
           populate_record(NULL::${tableName(definition)}, c.${side}) AS changed_row), false)`
  return `SELECT
      (SELECT retired FROM shape WHERE handle = ${handle}::text) AS retired,
      (SELECT seq FROM change_floor WHERE part = ${part}::int AND rel = ${rel}::oid) AS floor,
      (SELECT last_value FROM change_seq) AS newest,
      (SELECT coalesce(max(seq), 0) FROM change_log WHERE part = -1 AND rel = ${rel}::oid) AS control,
      (SELECT json_agg(page) FROM (
        SELECT c.seq, c.xid, c.op, to_json(c.key) AS key, to_json(c.peer_key) AS peer_key,
          hstore_to_json(slice(c.old, ${columns}::text[])) AS old,
          hstore_to_json(slice(c.new, ${columns}::text[])) AS new,
          ${member('old')} AS was_in, ${member('new')} AS is_in
        FROM change_log c
        WHERE c.part = ${part}::int AND c.rel = ${rel}::oid AND c.seq > ${from}::bigint
        ORDER BY c.seq LIMIT ${rowsPerRead + 1}) AS page) AS changes`
}

type Bounds = { readonly from: number; readonly chunkBytes: number }

function pageOf(
  shape: ServedShape,
  { changes: read, control: text }: LogSql,
  { from, chunkBytes }: Bounds,
): LogPage {
  const changes = read ?? []
  const control = Number(text)
  const context = { definition: shape.definition, keyColumns: shape.table.key }
  const messages: string[] = []
  let size = 0
  let seq = from
  for (const [index, change] of changes.slice(0, rowsPerRead).entries()) {
    const message = changeMessage(context, loggedChange(change, changes[index + 1]))
    if (message !== undefined) {
      if (size > 0 && size + message.length > chunkBytes) {
        return { messages, seq, control, atEnd: false }
      }
      messages.push(message)
      size += message.length
    }
    seq = change.seq
  }
  return { messages, seq, control, atEnd: changes.length <= rowsPerRead }
}

function loggedChange(change: ChangeSql, next: ChangeSql | undefined): LoggedChange {
  return {
    seq: change.seq,
    xid: change.xid,
    op: change.op,
    key: change.key,
    peerKey: change.peer_key,
    old: change.old,
    new: change.new,
    wasIn: change.was_in,
    isIn: change.is_in,
    last: next?.xid !== change.xid,
  }
}
