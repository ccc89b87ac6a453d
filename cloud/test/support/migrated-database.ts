import { Pool } from 'pg'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { migrations } from '../../src/adapters/postgres/migrations/all.ts'
import { createTestDatabase } from '../test-database.ts'

export type PooledDatabase = { readonly url: string; readonly pool: Pool; drop(): Promise<void> }

/** A fresh database of the run's PostgreSQL with every migration applied. */
export async function migratedDatabase(poolSize = 20): Promise<PooledDatabase> {
  const database = await emptyDatabase(poolSize)
  await migrate(database.pool, migrations)
  return database
}

export async function emptyDatabase(poolSize = 20): Promise<PooledDatabase> {
  const { url, drop } = await createTestDatabase()
  const pool = new Pool({ connectionString: url, max: poolSize, pipeline: true })
  pool.on('error', () => undefined)
  return {
    url,
    pool,
    async drop() {
      await pool.end()
      await drop()
    },
  }
}
