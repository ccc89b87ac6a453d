import { Pool, type PoolClient } from 'pg'

export type PoolOptions = {
  readonly url: string
  readonly size: number
  /** A connection that broke while idle; without a listener it would end the process. */
  readonly onFault: (error: Error) => void
}

/** Longest a statement may run, a connection may be waited for and a transaction may sit idle. */
export const statementDeadlineMs = 5_000
const connectDeadlineMs = 3_000

export function openPool({ url, size, onFault }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: connectDeadlineMs,
    statement_timeout: statementDeadlineMs,
    idle_in_transaction_session_timeout: 2 * statementDeadlineMs,
    query_timeout: 3 * statementDeadlineMs,
    application_name: 'baari-cloud',
  })
  pool.on('error', onFault)
  return pool
}

/** Runs `work` in one transaction: commit when it returns, roll back when it throws. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const value = await work(client)
    await client.query('COMMIT')
    return value
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: unknown) => {
      broken = cause instanceof Error ? cause : new Error('rollback failed')
    })
    throw error
  } finally {
    client.release(broken)
  }
}
