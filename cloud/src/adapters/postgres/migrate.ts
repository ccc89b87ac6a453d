import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { assert } from '@baari/shared/faults/assert'
import type { Migration } from './migrations/migration.ts'

/** "BAARI" and a number: processes that start together queue here, and nothing else does. */
const migrationLock = 0x42_41_41_52

/**
 * Brings the database to the last step of `steps`. Each step is one transaction together with its
 * row in schema_migration, so a power cut leaves whole steps only. Processes that start at once
 * wait for each other. Fails when a released step was edited or the database is newer than we are.
 */
export async function migrate(pool: Pool, steps: readonly Migration[]): Promise<readonly number[]> {
  const client = await pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    return await applyMissing(client, steps)
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined)
    client.release()
  }
}

async function applyMissing(
  client: PoolClient,
  steps: readonly Migration[],
): Promise<readonly number[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
    number int PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now())`)
  const { rows } = await client.query<{ number: number; sha256: string }>(
    'SELECT number, sha256 FROM schema_migration',
  )
  const applied = new Map(rows.map((row) => [row.number, row.sha256]))
  const last = steps.at(-1)?.number ?? 0
  assert(
    rows.every((row) => row.number <= last),
    `the database is newer than this program, which knows steps to ${last}`,
  )
  const done: number[] = []
  for (const step of steps) {
    const known = applied.get(step.number)
    if (known === undefined) {
      await applyOne(client, step)
      done.push(step.number)
    }
    assert(known === undefined || known === sha256(step.sql), `step ${step.number} was edited`)
  }
  return done
}

async function applyOne(client: PoolClient, step: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(step.sql)
    await client.query('INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)', [
      step.number,
      step.name,
      sha256(step.sql),
    ])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
