import type { Pool, PoolClient } from 'pg'

export type TransactionMode = {
  /** `snapshot` sees one moment for all its statements; `write` is an ordinary transaction. */
  readonly mode: 'snapshot' | 'write'
  readonly lockTimeout?: string
  readonly statementTimeoutMs?: number
  /** Session lock held from before the snapshot is taken until after the commit. */
  readonly sessionLock?: { readonly space: number; readonly key: number }
}

/** PostgreSQL's text of a value depends on these; the protocol promises them (sync.md 6.4). */
const textForm = `SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL timezone = 'UTC';
  SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1;`

const begin = {
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ',
  write: 'BEGIN',
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
    await lock(client, options)
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
    await unlock(client, options).catch((cause: unknown) => {
      broken = cause instanceof Error ? cause : new Error('unlock failed')
    })
    client.release(broken)
  }
}

function timeouts({ lockTimeout, statementTimeoutMs }: TransactionMode): string {
  const lock = lockTimeout === undefined ? '' : `SET LOCAL lock_timeout = '${lockTimeout}';`
  const statement =
    statementTimeoutMs === undefined ? '' : `SET LOCAL statement_timeout = ${statementTimeoutMs};`
  return `${lock} ${statement}`
}

async function lock(client: PoolClient, { sessionLock }: TransactionMode): Promise<void> {
  if (sessionLock === undefined) return
  await client.query('SELECT pg_advisory_lock($1, $2)', [sessionLock.space, sessionLock.key])
}

async function unlock(client: PoolClient, { sessionLock }: TransactionMode): Promise<void> {
  if (sessionLock === undefined) return
  await client.query('SELECT pg_advisory_unlock($1, $2)', [sessionLock.space, sessionLock.key])
}
