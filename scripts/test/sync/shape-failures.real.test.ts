import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { pruneShapes, usualRetention } from '@baari/cloud/adapters/shape/retention'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addStation, serveStations } from '../../../cloud/test/support/sync-world.ts'
import { createTestDatabase, type TestDatabase } from '../../../cloud/test/test-database.ts'
import { startEdgeNode, testStation, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'

type Cloud = Awaited<ReturnType<typeof serveStations>>

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
let database: TestDatabase
let cloud: Cloud
let folder: string
const ends: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baari-shapes-'))
  database = await createTestDatabase()
  cloud = await serveStations(database.url)
  await addStation(cloud.pool, { no: testStation, kid: 142, publicKey })
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await cloud.stop()
  await database.drop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

const file = (): string => join(folder, 'ledger.db')

/** What a node asks about bookings, in order, and what it is answered. */
type Talk = { readonly offset: string; readonly status: number }

async function startNode(more: { readonly cut?: (n: number) => boolean } = {}) {
  const talk: Talk[] = []
  let asked = 0
  const listening: typeof fetch = async (input, init) => {
    const url = new URL(String(input))
    if (url.searchParams.get('table') !== 'booking') return fetch(input, init)
    asked += 1
    if (more.cut?.(asked) === true) throw new TypeError('the link broke')
    const answer = await fetch(input, init)
    talk.push({ offset: url.searchParams.get('offset') ?? '', status: answer.status })
    return answer
  }
  const node = await startEdgeNode({
    file: file(),
    cloudUrl: cloud.url,
    key: privateKey,
    fetch: listening,
  })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= node.stop())
  ends.unshift(stop)
  return { node, talk, stop }
}

async function addBookings(count: number, from = 1): Promise<void> {
  await cloud.pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
       created_at_ms, updated_at_ms)
     SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 42, 'active',
       1760000100000, 1760001900000, 'auto', 'ngv1', 8000, 'MH12' || n, 21000, 'pump', 'app', 3000,
       9000, 0, 0
     FROM generate_series($1::int, $2::int) AS n`,
    [from, from + count - 1],
  )
}

const bookings = (node: EdgeNode) => node.ledger.run('test.count', 'booking')

function has(node: EdgeNode, count: number): Promise<boolean> {
  return eventually(`${count} bookings`, async () => (await bookings(node)) === count)
}

function cursor(): { readonly handle: string; readonly offset: string } {
  const db = new Database(file(), { readonly: true })
  try {
    const sql = "SELECT handle, offset FROM shape_cursor WHERE name = 'booking'"
    const row = db.prepare<[], { handle: string; offset: string }>(sql).get()
    return row ?? { handle: '', offset: '' }
  } finally {
    db.close()
  }
}

/** The database as it is now, under another name, as a restored backup would be. */
async function copyDatabase(): Promise<TestDatabase> {
  const [{ pathname }, copy] = [new URL(database.url), new URL(database.url)]
  const name = `${pathname.slice(1)}_copy`
  copy.pathname = `/${name}`
  const maintenance = new URL(database.url)
  maintenance.pathname = '/postgres'
  const admin = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: maintenance.href })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  await admin(`CREATE DATABASE ${name} TEMPLATE ${pathname.slice(1)}`)
  return { url: copy.href, drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`) }
}

describe('a node whose shape ends', () => {
  it('§9 case 21: a cloud restored from an older copy is followed anew, by 409 and never 400', async () => {
    await addBookings(4)
    const first = await startNode()
    await has(first.node, 4)
    await first.stop()
    await cloud.stop()
    const copy = await copyDatabase()
    cloud = await serveStations(database.url)
    const second = await startNode()
    await addBookings(6, 100)
    await has(second.node, 10)
    await second.stop()
    await cloud.stop()
    // The cloud comes back from the copy: same identity, same timeline, a log that ends earlier.
    cloud = await serveStations(copy.url)
    ends.push(() => copy.drop())
    const third = await startNode()
    expect(await bookings(third.node)).toBe(10)
    await has(third.node, 4)
    const statuses = new Set(third.talk.map(({ status }) => status))
    expect(statuses).toEqual(new Set([409, 200]))
    await addBookings(1, 200)
    await has(third.node, 5)
    await third.stop()
    await cloud.stop()
    cloud = await serveStations(database.url)
  })

  it('§9 case 23: a log that was pruned while the node was away is fetched anew', async () => {
    await addBookings(10)
    const first = await startNode()
    await has(first.node, 10)
    await first.stop()
    await addBookings(3, 100)
    await cloud.pool.query("DELETE FROM booking WHERE plate = 'MH121'")
    await cloud.pool.query("UPDATE change_log SET at = now() - interval '40 days'")
    expect(await pruneShapes(cloud.pool, usualRetention)).toBeGreaterThan(0)
    const again = await startNode()
    await has(again.node, 12)
    expect(again.talk[0]?.status).toBe(409)
    expect(again.node.alarms).toEqual([])
  })

  it('§9 case 24: a column whose type a deploy changed is fetched anew, without an empty moment', async () => {
    await addBookings(5)
    const first = await startNode()
    await has(first.node, 5)
    await first.stop()
    const before = cursor()
    await cloud.pool.query('ALTER TABLE booking ALTER COLUMN note TYPE varchar(500)')
    // A process of the cloud knows its tables from its start: a deploy brings a new one.
    await cloud.stop()
    cloud = await serveStations(database.url)
    const again = await startNode()
    expect(await bookings(again.node)).toBe(5)
    await addBookings(1, 50)
    await has(again.node, 6)
    expect(again.talk[0]?.status).toBe(409)
    expect(cursor().handle).not.toBe(before.handle)
  })
})

describe('a transaction larger than a chunk', () => {
  it('§9 case 25: cut between two chunks, it resumes at the saved one', async () => {
    await addBookings(1)
    const first = await startNode()
    await has(first.node, 1)
    await first.stop()
    await addBookings(3_000, 100)
    const half = await startNode({ cut: (n) => n > 2 })
    await eventually('some of it', async () => {
      const count = await bookings(half.node)
      return count > 1 && count < 3_001
    })
    await half.stop()
    const [saved, seen] = [cursor(), countInFile()]
    const again = await startNode()
    expect(await bookings(again.node)).toBeGreaterThanOrEqual(seen)
    await has(again.node, 3_001)
    expect(again.talk[0]).toEqual({ offset: saved.offset, status: 200 })
  })
})

function countInFile(): number {
  const db = new Database(file(), { readonly: true })
  try {
    return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM booking').get()?.n ?? 0
  } finally {
    db.close()
  }
}
