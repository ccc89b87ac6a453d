import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Pool, PoolClient } from 'pg'
import { insertSql, rowsSql } from './message-sql.ts'
import { inReadTransaction } from './read-transaction.ts'
import { offsetIn } from './serve-shape.ts'
import type { RequestErrors, ShapeRequest } from './shape-request.ts'
import type { ServedShape } from './served-shape.ts'
import { readMoment } from './snapshot.ts'
import { renumberParams } from './sql-text.ts'
import { orderBySql, type SubsetRequest } from './subset-request.ts'
import { conditionFault, validateWhere } from './where-clause.ts'

export type ServeSubset = {
  readonly shape: ServedShape
  readonly request: ShapeRequest
  readonly subset: SubsetRequest
  /** Columns its texts may name. */
  readonly queryable: readonly string[]
  /** Told with every row, so that a client tells one subset from another. */
  readonly snapshotMark: number
}

export type SubsetAnswer = { readonly body: string; readonly offset: string }

const withinMs = 10_000
const rowsPerFetch = 1_000
/** One answer is built in memory; whoever wants more asks by pages. */
const answerBytesMax = 64 * 1_048_576

class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'
}

/**
 * Reads a part of a shape, and who was visible, at one moment. A client drops what its log tells
 * later of transactions that were visible then.
 */
export async function serveSubset(
  pool: Pool,
  input: ServeSubset,
): Promise<Result<SubsetAnswer, RequestErrors>> {
  const sql = await subsetSql(pool, input)
  if (!sql.ok) return err({ subset: sql.error })
  const values = [...input.shape.gated.definition.params, ...input.subset.params]
  try {
    const options = { mode: 'snapshot', statementTimeoutMs: withinMs } as const
    return await inReadTransaction(pool, options, async (client) => {
      const { baseSeq, mark } = await readMoment(client, momentOf(input.shape))
      const data = await readAll(client, { sql: sql.value, values })
      const metadata = JSON.stringify({
        ...mark,
        snapshot_mark: input.snapshotMark,
        database_lsn: String(baseSeq),
      })
      const body = `{"metadata":${metadata},"data":[${data.join(',')}]}`
      return ok({ body, offset: offsetOf(input, baseSeq) })
    })
  } catch (error) {
    const wrong = conditionFault(error)
    if (wrong !== undefined) return err({ subset: { where: [wrong.message] } })
    if (error instanceof AnswerTooLarge) return err({ subset: { limit: [error.message] } })
    throw error
  }
}

function momentOf({ gated, table }: ServedShape) {
  return { shape: gated, table }
}

/**
 * Where the client's log goes on. One that follows already keeps its place, or it would miss what
 * happened to other rows than the subset's; one that begins takes the subset's moment.
 */
function offsetOf({ shape, request }: ServeSubset, baseSeq: number): string {
  const { offset, offsetText } = request
  const begins = offset.kind === 'start' || offset.kind === 'now'
  return begins ? offsetIn(shape, baseSeq) : offsetText
}

type Problems = Readonly<Record<string, readonly string[]>>

async function subsetSql(
  pool: Pool,
  { shape, subset, queryable, snapshotMark }: ServeSubset,
): Promise<Result<string, Problems>> {
  const { gated, table } = shape
  const { definition } = gated
  const { where, params } = subset
  if (where !== null) {
    const { schema, table: name } = definition
    const about = { schema, table: name, columns: queryable, where, params }
    const valid = await validateWhere(pool, about)
    if (!valid.ok) return err({ where: [valid.error] })
  }
  const order = subset.orderBy === null ? undefined : orderBySql(subset.orderBy, queryable)
  if (order !== undefined && !order.ok) return err({ order_by: [order.error] })
  const more = where === null ? undefined : renumberParams(where, definition.params.length)
  const rows = [
    rowsSql({ definition, table }, more),
    ...(order === undefined ? [] : [`ORDER BY ${order.value}`]),
    ...(subset.limit === null ? [] : [`LIMIT ${subset.limit}`]),
    ...(subset.offset === 0 ? [] : [`OFFSET ${subset.offset}`]),
  ].join(' ')
  const end = `,"snapshot_mark":${snapshotMark}`
  return ok(insertSql({ definition, table }, { rows, end }))
}

type Query = { readonly sql: string; readonly values: readonly string[] }

async function readAll(client: PoolClient, { sql, values }: Query): Promise<readonly string[]> {
  await client.query(`DECLARE subset_rows NO SCROLL CURSOR FOR ${sql}`, [...values])
  const messages: string[] = []
  let bytes = 0
  for (;;) {
    const { rows } = await client.query<[string]>({
      text: `FETCH ${rowsPerFetch} FROM subset_rows`,
      rowMode: 'array',
    })
    for (const [message] of rows) {
      bytes += message.length
      if (bytes > answerBytesMax) {
        throw new AnswerTooLarge(`the answer is larger than ${answerBytesMax} bytes: ask by pages`)
      }
      messages.push(message)
    }
    if (rows.length < rowsPerFetch) return messages
  }
}
