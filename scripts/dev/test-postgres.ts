import '../../cloud/test/test-database.ts'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort, startPostgres } from './embedded-postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

/**
 * Global setup of the vitest project `real`: one PostgreSQL per run, without fsync because its
 * data lives as long as the run. Test files get their own database from `createTestDatabase` in
 * `cloud/test/test-database.ts`. With `BAARI_TEST_PG` set, that server is used instead.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['BAARI_TEST_PG']
  if (given !== undefined) {
    project.provide('postgresUrl', given)
    return () => Promise.resolve()
  }
  const folder = temporaryFolder('test-postgres')
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const server = await startPostgres({
      folder: join(folder, 'server'),
      port: await freePort(),
      durable: false,
      settings: { wal_level: 'logical', max_connections: '200' },
    })
    project.provide('postgresUrl', server.url)
    return async () => {
      await server.stop()
      remove()
    }
  } catch (reason) {
    remove()
    throw reason
  }
}
