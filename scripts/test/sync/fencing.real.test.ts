import Database from 'better-sqlite3'
import { Command } from 'commander'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { after, hours, minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addStation, serveStations, stationKid } from '../../../cloud/test/support/sync-world.ts'
import { createTestDatabase, type TestDatabase } from '../../../cloud/test/test-database.ts'
import { register } from '../../cli/commands/edge.ts'
import { startEdgeNode, vehicleFacts, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { chainsEqual } from './sync-fixture.ts'

let database: TestDatabase
let cloud: Awaited<ReturnType<typeof serveStations>>
let key: KeyObject
let folder: string
/** One time for the cloud and both nodes, so that a day passes in seconds. */
let clock: ManualClock
const nodes = new Set<EdgeNode>()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baari-fence-'))
  clock = manualClock()
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
  rmSync(folder, { recursive: true, force: true })
})

const disk = (name: string): string => join(folder, name)

async function start(name: string): Promise<EdgeNode> {
  mkdirSync(disk(name), { recursive: true })
  const file = join(disk(name), 'ledger.db')
  const node = await startEdgeNode({ file, cloudUrl: cloud.url, key, clock })
  nodes.add(node)
  return node
}

async function stop(node: EdgeNode): Promise<void> {
  nodes.delete(node)
  await node.stop()
}

const state = (node: EdgeNode): string => node.sync.status().uplink

const settled = new Set(['offline', 'idle', 'fenced', 'stalled', 'forked'])

/** Time passes only while nobody is in an exchange: nonces live a minute. */
async function passTime(by = minutes(1)): Promise<void> {
  if ([...nodes].every((node) => settled.has(state(node)))) clock.advance(by)
  await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Lets time pass until the node has said everything and rests. */
async function rests(node: EdgeNode): Promise<void> {
  await eventually('the node rests', async () => {
    if (state(node) === 'idle' && (await chainsEqual(cloud, node))) return true
    await passTime()
    return false
  })
}

async function ends(node: EdgeNode, in_: string): Promise<void> {
  await eventually(`the uplink is ${in_}`, async () => {
    await passTime()
    return state(node) === in_
  })
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
    const { first, clone } = await twoClones()
    const [begin, tokens] = [clock.now(), new Set<string>()]
    for (let hour = 1; hour <= 24; hour += 1) {
      await first.ledger.run('test.append', vehicleFacts(1, 1_000 + hour))
      await clone.ledger.run('test.append', vehicleFacts(1, 2_000 + hour))
      // A token lives 15 minutes, so that every hour needs new ones.
      while (clock.now() < after(begin, hours(hour))) await passTime(minutes(5))
      await rests(clone)
      const { rows } = await cloud.pool.query<{ hash: string }>(
        "SELECT encode(token_hash, 'hex') AS hash FROM station_token",
      )
      for (const { hash } of rows) tokens.add(hash)
      expect(state(first)).toBe('fenced')
    }
    expect(await generations()).toEqual([1, 2])
    expect(tokens.size).toBeGreaterThanOrEqual(24)
    const { rows } = await cloud.pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM vehicle_record WHERE plate LIKE 'MH12AB1___'`,
    )
    expect(Number(rows[0]?.n)).toBe(0)
    expect(first.alarms.filter((code) => code === 'fenced')).toHaveLength(1)
  })

  it('§9 case 20: a restart of the fenced node asks for nothing', async () => {
    const { first, clone } = await twoClones()
    await stop(first)
    const again = await start('first')
    for (let minute = 0; minute < 60; minute += 1) await passTime()
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
      `SELECT count(*) AS n FROM vehicle_record WHERE plate LIKE 'MH12AB1___'`,
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
