import type { Result } from '@baari/shared/faults/result'
import { present } from '@baari/shared/faults/assert'
import { Pool, type PoolClient, type QueryResult } from 'pg'
import { JoiningSocket } from './joining-socket.ts'
import { sendTogether, type Statement } from './send-together.ts'

export type PoolOptions = {
  readonly url: string
  readonly size: number
  /** A connection that broke while idle; without a listener it would end the process. */
  readonly onFault: (error: Error) => void
}

/** Longest a statement may run, a connection may be waited for and a transaction may sit idle. */
export const statementDeadlineMs = 5_000
const connectDeadlineMs = 8_000

/**
 * PostgreSQL's text of a value depends on these. Change capture keeps that text, and copies a third
 * faster from a writer that has them already.
 */
const textForm = [
  ...['intervalstyle=iso_8601', 'timezone=UTC', 'datestyle=ISO,MDY'],
  ...['bytea_output=hex', 'extra_float_digits=1'],
]

export function openPool({ url, size, onFault }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: connectDeadlineMs,
    statement_timeout: statementDeadlineMs,
    idle_in_transaction_session_timeout: 2 * statementDeadlineMs,
    query_timeout: 3 * statementDeadlineMs,
    // Statements that need no answer of an earlier one go out together: one way there and back
    // for a whole batch of a station. Each still ends in its own Sync.
    pipeline: true,
    stream: () => new JoiningSocket(),
    application_name: 'baari-cloud',
    options: textForm.map((setting) => `-c ${setting}`).join(' '),
  })
  pool.on('error', onFault)
  return pool
}

/** By a name, so that it goes out in one piece with the statement behind it. */
const begin = { name: 'begin', text: 'BEGIN', values: [] }
const soon = { name: 'commit later', text: 'SET LOCAL synchronous_commit = off', values: [] }
const commit = { name: 'commit', text: 'COMMIT', values: [] }

/** Runs `work` in one transaction: commit when it returns, roll back when it throws. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    // Sent ahead of the first statement of `work`, not waited for: its answer comes first anyway.
    const begun = client.query(begin).catch((error: unknown) => error)
    const value = await work(client)
    const failed = await begun
    if (failed instanceof Error) throw failed
    await client.query('COMMIT')
    return value
  })
}

/**
 * A client of the pool for a transaction that `work` begins and commits. Whatever it leaves open is
 * rolled back when it throws; a connection that cannot even do that is closed.
 */
async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: unknown) => {
      broken = cause instanceof Error ? cause : new Error('rollback failed')
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Runs one statement whose commit does not wait for the disk: for what a crash may undo. Whatever is
 * committed durably afterwards makes it durable, too.
 */
export function commitLater(pool: Pool, statement: Statement): Promise<QueryResult> {
  return withClient(pool, async (client) => {
    const answers = await sendTogether(client, [begin, soon, statement, commit])
    return present(answers[2], 'answer')
  })
}

/** Two transactions that cannot both be served: PostgreSQL ended one and it may simply be repeated. */
const repeatable = new Set(['40001', '40P01'])
const attempts = 3

/**
 * Runs `work` in one transaction that commits an ok value and rolls an error back. Serialisation
 * failures and deadlocks are repeated, three times in all.
 */
export async function transactResult<T, E>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result<T, E>>,
): Promise<Result<T, E>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, async (client) => {
        const result = await work(client)
        if (!result.ok) throw new RolledBack(result)
        return result
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.result as Result<T, E>
      if (attempt >= attempts || !repeatable.has(sqlStateOf(error))) throw error
    }
  }
}

/** Carries a refusal past the ROLLBACK; never leaves this file. */
class RolledBack extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('rolled back')
    this.result = result
  }
}

/** SQLSTATE of a PostgreSQL error, also when a query builder wrapped it; else an empty text. */
export function sqlStateOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return sqlStateOf(error.cause)
}

/** Classes and states of SQLSTATE that say: not now. Connection, resources, shutdown, time-out. */
const awayStates = /^(08|53|57P0[123]|57014|25P03)/
const awayErrno = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT'])
/** What node-postgres says in words only. */
const awayWords = /timeout exceeded|Connection terminated|Query read timeout|not queryable/i

/** True when the database is away, starting, full or too slow: worth asking again. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = sqlStateOf(error)
  if (awayStates.test(code) || awayErrno.has(code)) return true
  return awayWords.test(error.message) || isDatabaseAway(error.cause)
}
