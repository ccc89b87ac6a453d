import type { Pool, PoolClient } from 'pg'

export type TransactionMode = {
  /**
   * `snapshot` sees one moment for all its statements; `write` is an ordinary transaction; `cache`
   * is one whose commit does not wait for the disk; `validate` may not change anything.
   */
  readonly mode: 'snapshot' | 'write' | 'cache' | 'validate'
  readonly lockTimeout?: string
  readonly statementTimeoutMs?: number
}

/** PostgreSQL's text of a value depends on these; the protocol promises them (sync.md 6.4). */
const textForm = `SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL timezone = 'UTC';
  SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1;`

const begin = {
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ',
  write: 'BEGIN',
  cache: 'BEGIN; SET LOCAL synchronous_commit = off',
  validate: 'BEGIN READ ONLY',
} as const

/** Runs `work` in one transaction whose values have the protocol's text form. */
export async function inReadTransaction<T>(
  pool: Pool,
  options: TransactionMode,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`${begin[options.mode]}; ${textForm} ${timeouts(options)}`)
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

function timeouts({ lockTimeout, statementTimeoutMs }: TransactionMode): string {
  const lock = lockTimeout === undefined ? '' : `SET LOCAL lock_timeout = '${lockTimeout}';`
  const statement =
    statementTimeoutMs === undefined ? '' : `SET LOCAL statement_timeout = ${statementTimeoutMs};`
  return `${lock} ${statement}`
}
