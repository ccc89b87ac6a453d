import { randomBytes } from 'node:crypto'
import { Client, Pool } from 'pg'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { migrations } from '../../src/adapters/postgres/migrations/all.ts'

export type TestDatabase = { readonly url: string; readonly pool: Pool; drop(): Promise<void> }

/**
 * A fresh, migrated database on the run's PostgreSQL. `BAARI_TEST_PG` is the address of that
 * server; the real project's global setup starts one and sets it.
 */
export async function createTestDatabase(poolSize = 20): Promise<TestDatabase> {
  const database = await createEmptyDatabase(poolSize)
  await migrate(database.pool, migrations)
  return database
}

export async function createEmptyDatabase(poolSize = 20): Promise<TestDatabase> {
  const server = process.env['BAARI_TEST_PG']
  if (server === undefined) throw new Error('BAARI_TEST_PG: no PostgreSQL for real tests')
  const name = `cloud_${randomBytes(6).toString('hex')}`
  await onServer(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = new Pool({ connectionString: url.href, max: poolSize })
  pool.on('error', () => undefined)
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end()
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
