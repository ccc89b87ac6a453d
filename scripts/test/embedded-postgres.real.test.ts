import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../cloud/test/test-database.ts'
import { typeScriptArguments } from '../bootstrap/node-version.mjs'
import { freePort, startPostgres, type RunningPostgres } from '../dev/embedded-postgres.ts'
import { clearLeftover } from '../dev/postgres-leftover.ts'
import { alive } from '../dev/process-life.ts'
import { temporaryFolder } from '../dev/temporary-folder.ts'

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('a PostgreSQL of our own', () => {
  let base: string
  let folder: string
  let running: RunningPostgres | undefined

  beforeEach(() => {
    base = temporaryFolder('postgres')
    folder = join(base, 'server')
    running = undefined
  })

  afterEach(async () => {
    await running?.stop()
    await clearLeftover(join(folder, 'data'))
    rmSync(base, { recursive: true, force: true })
  })

  const start = async (): Promise<RunningPostgres> =>
    (running = await startPostgres({ folder, port: await freePort() }))

  it('keeps what was written over a stop and a start, under the same password', async () => {
    const first = await start()
    await query(first.url, 'CREATE TABLE sale (grams int); INSERT INTO sale VALUES (2450)')
    await first.stop()
    const second = await start()
    expect(await query(second.url, 'SELECT grams FROM sale')).toEqual([{ grams: 2450 }])
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
  })

  it('is durable unless told otherwise, and has hstore', async () => {
    const { url } = await start()
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
    await query(url, 'CREATE EXTENSION hstore')
    expect(await query(url, `SELECT ('a=>1'::hstore)->'a' AS value`)).toEqual([{ value: '1' }])
  })

  it('a parent killed by SIGKILL loses nothing, and the next start replaces its server', async () => {
    const parent = spawn(
      process.execPath,
      [
        ...typeScriptArguments(),
        join(import.meta.dirname, 'fixtures/postgres-parent.ts'),
        folder,
        String(await freePort()),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
    const left = JSON.parse(line) as { url: string; pid: number }
    await query(left.url, 'CREATE TABLE sale (grams int); INSERT INTO sale VALUES (2450)')
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    expect(alive(left.pid), 'the orphaned server').toBe(true)

    const { url, pid } = await start()
    expect(alive(left.pid)).toBe(false)
    expect(pid).not.toBe(left.pid)
    expect(await query(url, 'SELECT grams FROM sale')).toEqual([{ grams: 2450 }])
  })

  it('a server killed by SIGKILL recovers what was committed', async () => {
    const first = await start()
    await query(first.url, 'CREATE TABLE sale (grams int); INSERT INTO sale VALUES (2450)')
    process.kill(first.pid, 'SIGKILL')
    const second = await start()
    expect(await query(second.url, 'SELECT grams FROM sale')).toEqual([{ grams: 2450 }])
  })

  it('a postmaster.pid that names a stranger neither stops the stranger nor blocks the start', async () => {
    const first = await start()
    await first.stop()
    const lines = [process.pid, join(folder, 'data'), 0, 1, '', '127.0.0.1', '', 'ready']
    writeFileSync(join(folder, 'data/postmaster.pid'), `${lines.join('\n')}\n`)
    const second = await start()
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('a port in use is said in plain words', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(startPostgres({ folder, port })).rejects.toThrow(`port ${port} is in use`)
    other.close()
  })
})

describe('the test server', () => {
  it('gives each caller an empty database of its own', async () => {
    const [one, two] = [await createTestDatabase(), await createTestDatabase()]
    await query(one.url, 'CREATE TABLE only_here ()')
    const tables = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
    expect(await query(two.url, tables)).toEqual([])
    await one.drop()
    await two.drop()
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow('does not exist')
  })
})
