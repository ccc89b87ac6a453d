import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { stationLedgers } from '@baari/cloud/adapters/postgres/sync/ledger-store'
import { readStationLedger } from '@baari/cloud/app/sync/read-ledger'
import { Command } from 'commander'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  addBooking,
  addStation,
  serveStations,
  stationKid,
} from '../../../cloud/test/support/sync-world.ts'
import {
  copyTestDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../../../cloud/test/test-database.ts'
import { register } from '../../cli/commands/cloud.ts'
import { bookOfFile } from './book-of-file.ts'
import { startEdgeNode, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { Forecourt } from './forecourt-day.ts'
import { chainsEqual } from './sync-fixture.ts'

type Cloud = Awaited<ReturnType<typeof serveStations>>

const databases: TestDatabase[] = []
const nodes = new Set<EdgeNode>()
let folder: string
let key: KeyObject
let cloud: Cloud | undefined
let port: number
let forecourt: Forecourt
/** Statuses of the shape requests that were answered since the last restore. */
let shapeStatuses: number[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baari-restore-'))
  forecourt = new Forecourt()
  shapeStatuses = []
  const pair = generateKeyPairSync('ed25519')
  key = pair.privateKey
  const database = await createTestDatabase()
  databases.push(database)
  cloud = await serveStations(database.url)
  port = Number(new URL(cloud.url).port)
  await addStation(cloud.pool, { no: 42, kid: stationKid, publicKey: pair.publicKey })
  await cloud.pool.query(
    `INSERT INTO tariff (id, station_no, price_paise_per_kg, valid_from_ms) VALUES ('t', 42, 9137, 0)`,
  )
})
afterEach(async () => {
  for (const node of nodes) await node.stop()
  nodes.clear()
  await cloud?.stop()
  for (const database of databases.splice(0)) await database.drop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

const file = (): string => join(folder, 'ledger.db')
const pool = () => cloud!.pool

async function startNode(): Promise<EdgeNode> {
  const node = await startEdgeNode({
    file: file(),
    cloudUrl: `http://127.0.0.1:${port}`,
    key,
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      if (String(input).includes('/v1/shape')) shapeStatuses.push(answer.status)
      return answer
    },
  })
  nodes.add(node)
  await forecourt.open(node)
  await eventually('the price', async () => (await node.ledger.run('test.count', 'tariff')) === 1)
  return node
}

async function stopNode(node: EdgeNode): Promise<void> {
  nodes.delete(node)
  await node.stop()
}

async function drained(node: EdgeNode): Promise<void> {
  await eventually('both chains equal', () => chainsEqual({ pool: pool() }, node), 60_000)
  await eventually('at rest', () => node.sync.status().uplink === 'idle')
}

/** Ends the cloud and keeps a copy of its database; then serves the same database again. */
async function backUpCloud(): Promise<TestDatabase> {
  const url = databases.at(-1)!.url
  await cloud!.stop()
  const copy = await copyTestDatabase(url)
  cloud = await serveStations(url, { port })
  databases.unshift(copy)
  return copy
}

async function restoreCloud(copy: TestDatabase): Promise<void> {
  await cloud!.stop()
  shapeStatuses = []
  cloud = await serveStations(copy.url, { port })
}

async function epochs(): Promise<number> {
  const { rows } = await pool().query<{ n: string }>('SELECT count(*) AS n FROM db_epoch')
  return Number(rows[0]?.n)
}

async function expectLedgersEqual(node: EdgeNode): Promise<void> {
  await drained(node)
  const settled = bookOfFile(file()).fills as readonly {
    readonly delivered_grams: number
    readonly amount_paise: number
  }[]
  expect(await readStationLedger(stationLedgers(pool()), 42)).toMatchObject({
    fills: settled.length,
    grams: settled.reduce((sum, row) => sum + row.delivered_grams, 0),
    amountPaise: settled.reduce((sum, row) => sum + row.amount_paise, 0),
    orphanGrams: 0,
    deadLetters: 0,
  })
}

/** A long poll that is cut when its cloud ends is told, too. */
const notOfTheCut = (code: string): boolean => code !== 'shape_refused'

describe('a cloud restored from an older backup', () => {
  it('§9 case 21: stations send again what it lost, handles end with 409 and tables come anew', async () => {
    const node = await startNode()
    await forecourt.sellTo(node, 1, 3_000)
    await drained(node)
    const copy = await backUpCloud()
    await eventually('back', () => node.sync.status().uplink === 'idle', 90_000)
    await forecourt.sellTo(node, 2, 4_000)
    await forecourt.sellTo(node, 1, 5_000)
    await addBooking(pool(), { id: '00000000-0000-7000-8000-000000000001' })
    await eventually(
      'the booking',
      async () => (await node.ledger.run('test.count', 'booking')) === 1,
    )
    await drained(node)
    const before = await epochs()
    await restoreCloud(copy)
    await expectLedgersEqual(node)
    // The acknowledgement this cloud no longer had advanced its epoch, once.
    expect(await epochs()).toBe(before + 1)
    await eventually('the tables of the restored cloud', async () => {
      return (await node.ledger.run('test.count', 'booking')) === 0
    })
    expect(shapeStatuses).toContain(409)
    expect(shapeStatuses.filter((status) => ![200, 304, 401, 409, 503].includes(status))).toEqual(
      [],
    )
    expect(node.alarms.filter(notOfTheCut)).toEqual([])
    // Also for a change that is numbered like one the station has seen.
    await addBooking(pool(), { id: '00000000-0000-7000-8000-000000000002' })
    await eventually(
      'a new booking',
      async () => (await node.ledger.run('test.count', 'booking')) === 1,
    )
  })

  it('§9 case 21: restored to before a station was put back, it is led through both epochs', async () => {
    const node = await startNode()
    await forecourt.sellTo(node, 1, 3_000)
    await drained(node)
    const copy = await backUpCloud()
    await eventually('back', () => node.sync.status().uplink === 'idle', 90_000)
    const db = new Database(file())
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.close()
    copyFileSync(file(), join(folder, 'old.db'))
    await forecourt.sellTo(node, 2, 4_000)
    await drained(node)
    await stopNode(node)
    for (const rest of ['-wal', '-shm']) rmSync(file() + rest, { force: true })
    copyFileSync(join(folder, 'old.db'), file())
    const again = await startNode()
    await drained(again)
    await forecourt.sellTo(again, 1, 1_500)
    await drained(again)
    const { epoch } = await again.ledger.run('epoch.read', null)
    await restoreCloud(copy)
    await expectLedgersEqual(again)
    expect((await again.ledger.run('epoch.read', null)).epoch).toBe(epoch)
    expect(again.alarms.filter(notOfTheCut)).toEqual([])
  })

  it('§9 case 21: another system identifier or timeline advances the epoch at the start', async () => {
    const before = await epochs()
    await pool().query(`UPDATE db_epoch SET timeline = timeline - 1`)
    await restoreCloud(databases.at(-1)!)
    expect(await epochs()).toBe(before + 1)
    await pool().query(`UPDATE db_epoch SET system_identifier = '1'`)
    await restoreCloud(databases.at(-1)!)
    expect(await epochs()).toBe(before + 2)
    await restoreCloud(databases.at(-1)!)
    expect(await epochs()).toBe(before + 2)
  })

  it('§9 case 21: head office declares a restore that left no trace, and every handle ends', async () => {
    const node = await startNode()
    await drained(node)
    const before = await epochs()
    let said = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text)
      return true
    })
    const program = new Command('baari')
    register(program)
    const database = databases.at(-1)!.url
    await program.parseAsync(['node', 'baari', 'cloud', 'declare-restored', '--database', database])
    vi.restoreAllMocks()
    expect(said).toContain('every station fetches its tables anew')
    expect(await epochs()).toBe(before + 1)
    shapeStatuses = []
    await addBooking(pool(), { id: '00000000-0000-7000-8000-000000000003' })
    await eventually(
      'a booking',
      async () => (await node.ledger.run('test.count', 'booking')) === 1,
    )
    expect(shapeStatuses).toContain(409)
  })
})
