import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Pool, QueryConfig } from 'pg'
import { quoteName } from './identifiers.ts'
import { inReadTransaction } from './read-transaction.ts'
import { asksOtherTables, hasComment } from './sql-text.ts'
import { tableName, type ShapeDefinition } from './shape-definition.ts'
import { isDropped } from './table-catalog.ts'

export type WhereInput = Pick<ShapeDefinition, 'schema' | 'table'> & {
  readonly where: string
  readonly params: readonly string[]
  /** Columns the text may name. */
  readonly columns: readonly string[]
}

const bytesMax = 65_536
const validateWithinMs = 2_000
/** The place of an error is told as if the text stood after these words (sync.md 6.2). */
const toldAfter = 'SELECT 1 WHERE '

/** Says what is wrong with a where in the words clients know; PostgreSQL itself is the judge. */
export async function validateWhere(pool: Pool, input: WhereInput): Promise<Result<null, string>> {
  const { where } = input
  if (Buffer.byteLength(where) > bytesMax) {
    return err(`WHERE clause is bigger than maximum size of ${bytesMax} bytes`)
  }
  if (hasComment(where)) return err('comments are not allowed in a WHERE clause')
  const head = headOf(input)
  // By itself, so that errors are where the client wrote them; then as an expression, so that
  // nothing but a condition gets through.
  for (const [prefix, end] of [
    [`${head} WHERE `, ''],
    [`${head} WHERE (`, '\n)'],
  ] as const) {
    const wrong = await tryOut(pool, { prefix, end, input })
    if (wrong !== undefined) return err(wrong)
  }
  if (asksOtherTables(where)) return err('Subqueries are not supported')
  return ok(null)
}

/** No rows, but the names and types of the columns that may be named. */
function headOf({ schema, table, columns }: WhereInput): string {
  const list = columns.map(quoteName).join(', ')
  return `SELECT 1 FROM (SELECT ${list} FROM ${tableName({ schema, table })} WHERE false) AS ${quoteName(table)}`
}

type Trial = { readonly prefix: string; readonly end: string; readonly input: WhereInput }

async function tryOut(pool: Pool, { prefix, end, input }: Trial): Promise<string | undefined> {
  const options = { mode: 'validate', statementTimeoutMs: validateWithinMs } as const
  try {
    await inReadTransaction(pool, options, (client) =>
      client.query(extended(`${prefix}${input.where}${end}`, input.params)),
    )
    return undefined
  } catch (error) {
    const wrong = isDropped(error) ? undefined : conditionFault(error, trialStates)
    if (wrong === undefined) throw error
    const at = wrong.position - 1 - prefix.length + toldAfter.length
    return wrong.position > prefix.length ? `At location ${at}: ${wrong.message}` : wrong.message
  }
}

/**
 * Always by the extended protocol, which takes one statement only: a text from outside must not
 * bring another one along.
 */
function extended(text: string, params: readonly string[]): OneStatement {
  return { text, values: [...params], queryMode: 'extended' }
}

type OneStatement = QueryConfig & { readonly queryMode: 'extended' }

type ConditionFault = { readonly message: string; readonly position: number }

/** SQLSTATE classes that say the condition itself is wrong: data, syntax, parameters, time. */
const trialStates = /^(22|42|08P01|0A|57014)/
/** On real rows only data can be at fault; anything else is ours. */
const dataStates = /^22/

/** What PostgreSQL found wrong with a condition; undefined for faults that are not the client's. */
export function conditionFault(error: unknown, states = dataStates): ConditionFault | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (!states.test(String(error.code))) return undefined
  const position = 'position' in error ? Number(error.position) : 0
  const [, column] = /^column "?(.+?)"? does not exist$/.exec(error.message) ?? []
  const message = column === undefined ? error.message : `unknown reference ${column}`
  return { message, position: Number.isFinite(position) ? position : 0 }
}
