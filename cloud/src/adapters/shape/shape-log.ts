import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { changeSql } from './message-sql.ts'
import { changeEnd } from './messages.ts'
import { quoteName, quoteText } from './identifiers.ts'
import { tableName, type GatedShape } from './shape-definition.ts'
import type { ServedShape } from './served-shape.ts'

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

export type LogFrom = { readonly from: number; readonly chunkBytes: number }

const rowsPerReadMax = 4_000
const rowsPerReadMin = 64
/** What a message weighs until the first of its table was seen. */
const usualBytes = 400
const tablesKnownMax = 1_000

export type LogReader = (shape: ServedShape, from: LogFrom) => Promise<LogPosition>

/**
 * Reads the log of one shape after `from`, one chunk at a time. How many changes make a chunk is
 * learnt per table, so that PostgreSQL does not write messages that nobody takes.
 */
export function logReader(pool: Pool): LogReader {
  const bytesOf = new Map<number, number>()

  function learn(rel: number, { messages, bytes }: Draft): void {
    if (messages.length === 0) return
    if (bytesOf.size >= tablesKnownMax) bytesOf.clear()
    bytesOf.set(rel, bytes / messages.length)
  }

  return async (shape, { from, chunkBytes }) => {
    const { rel } = shape.table
    const draft: Draft = { messages: [], bytes: 0, seq: from, full: false }
    for (;;) {
      const wanted = (chunkBytes - draft.bytes) / (bytesOf.get(rel) ?? usualBytes)
      const limit = Math.round(Math.min(rowsPerReadMax, Math.max(rowsPerReadMin, wanted * 1.1)))
      const read = await readChanges(pool, shape, { from: draft.seq, limit })
      if (read === undefined) return { kind: 'gone' }
      addChanges(draft, { read: read.changes, limit, chunkBytes })
      const atEnd = !draft.full && read.changes.length <= limit
      if (!draft.full && !atEnd) continue
      learn(rel, draft)
      const { messages, seq } = draft
      return { kind: 'page', page: { messages, seq, control: read.control, atEnd } }
    }
  }
}

type Draft = { messages: string[]; bytes: number; seq: number; full: boolean }

type Added = {
  readonly read: readonly ChangeSql[]
  readonly limit: number
  readonly chunkBytes: number
}

/** Adds what fits. The change beyond the limit only tells whether its transaction goes on. */
function addChanges(draft: Draft, { read, limit, chunkBytes }: Added): void {
  for (const [index, [seq, xid, text]] of read.slice(0, limit).entries()) {
    if (text !== null) {
      const message = text + changeEnd({ seq, xid, last: isLast(read, index) })
      const bytes = Buffer.byteLength(message) + 1
      if (draft.bytes > 0 && draft.bytes + bytes > chunkBytes) {
        draft.full = true
        return
      }
      draft.messages.push(message)
      draft.bytes += bytes
    }
    draft.seq = Number(seq)
  }
}

/** The last change of its transaction that is told. */
function isLast(read: readonly ChangeSql[], index: number): boolean {
  const xid = read[index]?.[1]
  for (let next = index + 1; next < read.length; next += 1) {
    const change = read[next]
    if (change?.[1] !== xid) return true
    if (change?.[2] !== null) return false
  }
  return true
}

/** Number, transaction, and the message without its end or null. */
type ChangeSql = readonly [string, string, string | null]

type Read = { readonly changes: readonly ChangeSql[]; readonly control: number }
type Standing = readonly [
  retired: boolean | null,
  floor: number | null,
  newest: number,
  control: number,
]

/**
 * One statement, so one moment: the handle's standing, the pruned floor and the changes fit
 * together. Its first row tells the standing, without a number.
 */
async function readChanges(
  pool: Pool,
  shape: ServedShape,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<Read | undefined> {
  const { gated, table, handle } = shape
  const values = [...gated.definition.params, gated.part, table.rel, from, handle, limit + 1]
  const rows = await ask(pool, { ...statementOf(shape), values })
  if (rows === undefined) return undefined
  const standing = rows.find(([seq]) => seq === null)
  const [retired, floor, newest, control] = JSON.parse(standing?.[2] ?? '[]') as Standing
  if (retired !== false || (floor ?? 0) > from || newest < from) return undefined
  return {
    changes: rows.filter((row): row is [string, string, string | null] => row[0] !== null),
    control,
  }
}

type Row = [seq: string | null, xid: string, text: string | null]
type Query = { readonly text: string; readonly name?: string; readonly values: unknown[] }

/** SQLSTATEs of a table, column or type that is no more: the shape's rows cannot be judged. */
const goneStates = new Set(['42P01', '42703', '42704'])

async function ask(pool: Pool, query: Query): Promise<readonly Row[] | undefined> {
  try {
    return (await pool.query<Row>({ ...query, rowMode: 'array' })).rows
  } catch (error) {
    if (error instanceof Error && 'code' in error && goneStates.has(String(error.code))) {
      return undefined
    }
    throw error
  }
}

/**
 * Few shapes are the stations', so PostgreSQL may keep their plans; one with a where of its own is
 * planned anew each time.
 */
function statementOf(shape: ServedShape): Omit<Query, 'values'> {
  const text = logSql(shape)
  const { where } = shape.gated.definition
  if (where !== null && shape.gated.stationColumn === null) return { text }
  return { text, name: `shape log ${createHash('sha256').update(text).digest('hex').slice(0, 16)}` }
}

function logSql(shape: ServedShape): string {
  const { definition } = shape.gated
  const k = definition.params.length
  const [part, rel, from, handle, limit] = [1, 2, 3, 4, 5].map((n) => `$${k + n}`)
  return `SELECT NULL::bigint, NULL::bigint, json_build_array(
      (SELECT retired FROM shape WHERE handle = ${handle}::text),
      (SELECT seq FROM change_floor WHERE part = ${part}::int AND rel = ${rel}::oid),
      (SELECT last_value FROM change_seq),
      (SELECT coalesce(max(seq), 0) FROM change_log WHERE part = -1 AND rel = ${rel}::oid))::text
    UNION ALL
    (SELECT c.seq, c.xid, ${changeSql({ definition, table: shape.table })} FROM (
      SELECT l.*, ${member(shape.gated, 'old')} AS was_in, ${member(shape.gated, 'new')} AS is_in
      FROM change_log l
      WHERE l.part = ${part}::int AND l.rel = ${rel}::oid AND l.seq > ${from}::bigint
      ORDER BY l.seq LIMIT ${limit}::int) AS c ORDER BY c.seq)`
}

/** Membership is PostgreSQL's own answer on the row rebuilt from its text (sync.md 5.2). */
function member({ definition, stationColumn }: GatedShape, side: 'old' | 'new'): string {
  const there = `l.${side} IS NOT NULL`
  if (definition.where === null) return there
  if (stationColumn !== null) {
    // The where is exactly this, so the row need not be rebuilt.
    return `coalesce(l.${side} -> ${quoteText(stationColumn)} = $1::text, false)`
  }
  return `${there} AND coalesce((SELECT (${definition.where}\n) FROM
    populate_record(NULL::${tableName(definition)}, l.${side}) AS ${quoteName(definition.table)}), false)`
}
