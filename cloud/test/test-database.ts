import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  /** What the global setup of the `real` project provides to every test file. */
  export interface ProvidedContext {
    /** Address of the run's PostgreSQL. */
    postgresUrl: string
  }
}

export type TestDatabase = {
  /** Connection address of an empty database that nobody else uses. */
  readonly url: string
  /** Removes it with whoever is still connected. */
  readonly drop: () => Promise<void>
}

async function asAdministrator(sql: string): Promise<void> {
  const client = new pg.Client({
    connectionString: process.env['BAARI_TEST_PG'] ?? inject('postgresUrl'),
  })
  // A server that stops meanwhile must end the test, not the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * Makes a fresh database on the run's server; call it once per test file, in `beforeAll`. Another
 * server is used when `BAARI_TEST_PG` names one by its address.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  return makeDatabase('')
}

/** A copy of a database as it is now, on the same server: what a backup keeps. Nobody may use it. */
export async function copyTestDatabase(url: string): Promise<TestDatabase> {
  return makeDatabase(` TEMPLATE ${new URL(url).pathname.slice(1)}`)
}

async function makeDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdministrator(`CREATE DATABASE ${name}${template}`)
  const url = new URL(process.env['BAARI_TEST_PG'] ?? inject('postgresUrl'))
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}
