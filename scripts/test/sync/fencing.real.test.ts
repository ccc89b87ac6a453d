import Database from 'better-sqlite3'
import { Command } from 'commander'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { instant, minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addStation, serveStations, stationKid } from '../../../cloud/test/support/sync-world.ts'
import { TestStation } from '../../../cloud/test/support/test-station.ts'
import { createTestDatabase, type TestDatabase } from '../../../cloud/test/test-database.ts'
import { register } from '../../cli/commands/edge.ts'
import { startEdgeNode, vehicleFacts, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { chainsEqual } from './sync-fixture.ts'

let database: TestDatabase
let cloud: Awaited<ReturnType<typeof serveStations>>
let key: KeyObject
let folder: string
/** The cloud's time, so that a day passes in seconds. */
let clock: ManualClock
const nodes = new Set<EdgeNode>()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baari-fence-'))
  clock = manualClock(instant(Date.now()))
  database = await createTestDatabase()
  cloud = await serveStations(database.url, { clock })
  const pair = generateKeyPairSync('ed25519')
  key = pair.privateKey
  await addStation(cloud.pool, { no: 42, kid: stationKid, publicKey: pair.publicKey })
})
afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  for (const node of nodes) await node.stop()
  nodes.clear()
  await cloud.stop()
  await database.drop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

const disk = (name: string): string => join(folder, name)

async function start(name: string): Promise<EdgeNode> {
  mkdirSync(disk(name), { recursive: true })
  const file = join(disk(name), 'ledger.db')
  const node = await startEdgeNode({ file, cloudUrl: cloud.url, key })
  nodes.add(node)
  return node
}

async function stop(node: EdgeNode): Promise<void> {
  nodes.delete(node)
  await node.stop()
}

const state = (node: EdgeNode): string => node.sync.status().uplink

async function rests(node: EdgeNode): Promise<void> {
  await eventually('the node rests', async () => {
    return state(node) === 'idle' && (await chainsEqual(cloud, node))
  })
}

async function ends(node: EdgeNode, in_: string): Promise<void> {
  await node.ledger.run('test.append', vehicleFacts(1, 9_000))
  await eventually(`the uplink is ${in_}`, () => state(node) === in_)
}

/** A node with some history, and a second one on a copy of its disk. */
async function twoClones(): Promise<{ readonly first: EdgeNode; readonly clone: EdgeNode }> {
  const first = await start('first')
  await first.ledger.run('test.append', vehicleFacts(10))
  await rests(first)
  const db = new Database(join(disk('first'), 'ledger.db'))
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  mkdirSync(disk('clone'))
  copyFileSync(join(disk('first'), 'ledger.db'), join(disk('clone'), 'ledger.db'))
  const clone = await start('clone')
  await rests(clone)
  await ends(first, 'fenced')
  return { first, clone }
}

async function generations(): Promise<readonly number[]> {
  const { rows } = await cloud.pool.query<{ generation: number }>(
    'SELECT generation FROM station_instance ORDER BY generation',
  )
  return rows.map(({ generation }) => generation)
}

describe('two nodes on copies of one disk', () => {
  it('§9 case 20: over 24 h they never take turns, and tokens are renewed without a new generation', async () => {
    const first = new TestStation(cloud.url, key)
    await first.signIn()
    const clone = new TestStation(cloud.url, key, first.epoch)
    await clone.signIn()
    const fact = { k: 'vehicle.recorded', b: vehicleFacts(1)[0]!.body }
    const tokens = new Set<string>()
    for (let quarter = 0; quarter < 4 * 24; quarter += 1) {
      // A token lives 15 minutes: each quarter both ask for a new one.
      clock.advance(minutes(16))
      expect((await first.signIn()).body).toEqual({ error: 'fenced', generation: 2 })
      expect((await first.add(fact).sendFrom()).status).toBe(401)
      expect((await clone.signIn()).body).toMatchObject({ gen: 2 })
      expect((await clone.add(fact).sendFrom(quarter + 1)).body).toMatchObject({ ack: quarter + 1 })
      tokens.add(clone.token)
    }
    expect([await generations(), tokens.size]).toEqual([[1, 2], 96])
  })

  it('§9 case 20: a restart of the fenced node asks for nothing', async () => {
    const { first, clone } = await twoClones()
    await stop(first)
    const again = await start('first')
    await again.ledger.run('test.append', vehicleFacts(2, 1_000))
    await clone.ledger.run('test.append', vehicleFacts(2, 2_000))
    await rests(clone)
    expect([state(again), await generations()]).toEqual(['fenced', [1, 2]])
  })

  it('§9 case 20: opened by a manager the first speaks again, and what it had kept arrives', async () => {
    const { first, clone } = await twoClones()
    await first.ledger.run('test.append', vehicleFacts(3, 1_000))
    await stop(clone)
    first.reopen()
    await rests(first)
    expect(await generations()).toEqual([1, 2, 3])
    const { rows } = await cloud.pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM vehicle_record WHERE plate LIKE 'MH12AB100_'`,
    )
    expect(Number(rows[0]?.n)).toBe(3)
  })

  it('§9 case 20: opened on the command line it speaks at its next start, and the other is fenced', async () => {
    const { first, clone } = await twoClones()
    await stop(first)
    let said = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text)
      return true
    })
    const program = new Command('baari')
    register(program)
    await program.parseAsync(['node', 'baari', 'edge', 'reopen', '--data', disk('first')])
    expect(said).toContain('Station 42 may speak again')
    const again = await start('first')
    await rests(again)
    await ends(clone, 'fenced')
    expect(await generations()).toEqual([1, 2, 3])
  })
})
