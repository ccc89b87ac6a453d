import { fork, type ChildProcess } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { stationLedgers } from '@baari/cloud/adapters/postgres/sync/ledger-store'
import { chainStart } from '@baari/cloud/adapters/postgres/sync/chain-hash'
import { readStationLedger } from '@baari/cloud/app/sync/read-ledger'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fillFacts, vehicleFacts, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import {
  chainsEqual,
  cloudHead,
  countOf,
  nodeHead,
  openFixture,
  type Fixture,
} from './sync-fixture.ts'

let fixture: Fixture
const children: ChildProcess[] = []

beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await fixture.close()
})

async function append(node: EdgeNode, count: number): Promise<void> {
  for (let done = 0; done < count; done += 500) {
    await node.ledger.run('test.append', vehicleFacts(Math.min(500, count - done), done))
  }
}

async function drained(node: EdgeNode): Promise<void> {
  await eventually('both chains equal', () => chainsEqual(fixture.world, node))
}

type Head = Awaited<ReturnType<typeof nodeHead>>

/** A node whose file is copied after 40 facts and lost after 60 more; where its ledger ended. */
async function lostAfter(copies: readonly string[]): Promise<Head> {
  const node = await fixture.start()
  await append(node, 40)
  await drained(node)
  new Database(fixture.file()).pragma('wal_checkpoint(TRUNCATE)')
  for (const copy of copies) copyFileSync(fixture.file(), fixture.file(copy))
  await append(node, 60)
  await drained(node)
  const head = await nodeHead(node)
  await fixture.stop(node)
  return head
}

/** The hundred facts from before and five since, once each, and the lost epoch to its end. */
async function hasAll(restored: EdgeNode, { epoch, seq, chain }: Head): Promise<void> {
  expect(await countOf(fixture.world, 'vehicle_record')).toBe(105)
  expect(await restored.ledger.run('epoch.tail', { epoch, stream: 'ledger' })).toEqual({
    seq,
    chain,
  })
  expect(restored.alarms).toEqual([])
}

/** Lets the first answers to batches of ops go lost on their way back. */
function losingAnswers(losses: number): { readonly fetch: typeof fetch; lost(): number } {
  let lost = 0
  return {
    lost: () => lost,
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input).includes('/v1/uplink/ledger') || lost >= losses) return answer
      lost += 1
      await answer.arrayBuffer()
      throw new TypeError('the answer was lost')
    },
  }
}

/** The line of a node that dies before its first batch: it signs in and fetches. */
const sendingNothing: typeof fetch = (input, init) =>
  String(input).includes('/v1/uplink/') && init?.method === 'POST'
    ? Promise.reject(new TypeError('the batch never left'))
    : fetch(input, init)

async function epochInForce(): Promise<string | null> {
  const { rows } = await fixture.world.pool.query<{ epoch: string | null }>(
    'SELECT current_epoch AS epoch FROM station WHERE no = 42',
  )
  return rows[0]?.epoch ?? null
}

describe('uplink of a real node', () => {
  it('§9 case 10: a 5,000-op backlog drains and both chains are equal', async () => {
    const node = await fixture.start()
    await append(node, 5_000)
    await drained(node)
    expect(await countOf(fixture.world, 'vehicle_record')).toBe(5_000)
    // The cloud has committed before its answer reaches the node.
    await eventually('idle', () => node.sync.status().uplink === 'idle')
    expect(node.sync.status()).toMatchObject({ linkUp: true, uplink: 'idle', unsentOps: 0 })
    expect([node.alarms, node.faults, fixture.world.faults]).toEqual([[], [], []])
  })

  it('ledgers are equal by count, grams and paise', async () => {
    const node = await fixture.start()
    const sold = fillFacts(300)
    await node.ledger.run('test.append', sold.ops)
    await drained(node)
    const ledger = await readStationLedger(stationLedgers(fixture.world.pool), 42)
    expect(ledger).toMatchObject({
      fills: 300,
      grams: sold.grams,
      amountPaise: sold.amountPaise,
      deadLetters: 0,
      exceptions: 0,
    })
  })

  it('§9 case 1: what was written with the link down is sent after a restart of the node', async () => {
    const away = await fixture.start({ cloudUrl: 'http://127.0.0.1:9' })
    await append(away, 30)
    await fixture.stop(away)
    const node = await fixture.start()
    await drained(node)
    expect(await countOf(fixture.world, 'vehicle_record')).toBe(30)
  })

  it('§9 case 3: lost answers lead to duplicates without effect', async () => {
    const link = losingAnswers(3)
    const node = await fixture.start({ fetch: link.fetch })
    const sold = fillFacts(50)
    await node.ledger.run('test.append', sold.ops)
    await eventually('three answers lost', () => link.lost() === 3)
    await drained(node)
    await eventually('acked', async () => node.sync.status().unsentOps === 0)
    expect(await countOf(fixture.world, 'sale')).toBe(50)
    expect(await countOf(fixture.world, 'station_op')).toBe((await nodeHead(node)).seq)
  })

  it('§9 case 34: a failed upload is tried again without any later write', async () => {
    let down = true
    const node = await fixture.start({
      fetch: (input, init) =>
        down ? Promise.reject(new TypeError('no route')) : fetch(input, init),
    })
    await append(node, 5)
    await eventually('two tries failed', () => node.sync.status().uplink === 'offline')
    down = false
    await drained(node)
  })

  it('§9 case 6: a gap is filled from the outbox', async () => {
    const node = await fixture.start()
    await append(node, 20)
    await drained(node)
    // The node believes the cloud has more than it has.
    await fixture.world.pool.query(
      `DELETE FROM station_op WHERE seq > 11; DELETE FROM vehicle_record`,
    )
    await fixture.world.pool.query(
      `UPDATE station_head h SET seq = 11, chain = encode(o.hash, 'hex') FROM station_op o
       WHERE h.stream = 'ledger' AND o.stream = 'ledger' AND o.seq = 11`,
    )
    await append(node, 1)
    await drained(node)
    expect(node.alarms).toEqual([])
  })

  it('another history under the same numbers stops at forked and asks a person', async () => {
    const node = await fixture.start()
    await append(node, 20)
    await drained(node)
    await fixture.world.pool.query(
      `UPDATE station_head SET chain = repeat('ab', 32) WHERE stream = 'ledger'`,
    )
    await append(node, 1)
    await eventually('forked', () => node.sync.status().uplink === 'forked')
    expect(node.alarms).toEqual(['forked'])
  })

  it('§9 case 20: of two instances on one disk the older is fenced and stays so over a restart', async () => {
    const first = await fixture.start()
    await append(first, 10)
    await drained(first)
    await first.ledger.run('epoch.read', null)
    new Database(fixture.file()).pragma('wal_checkpoint(TRUNCATE)')
    copyFileSync(fixture.file(), fixture.file('clone.db'))
    const clone = await fixture.start({ file: fixture.file('clone.db') })
    await drained(clone)
    await append(first, 1)
    await eventually('fenced', () => first.sync.status().uplink === 'fenced')
    expect(first.alarms).toContain('fenced')
    await fixture.stop(first)
    const again = await fixture.start()
    await append(again, 1)
    await append(clone, 1)
    await drained(clone)
    expect(again.sync.status().uplink).toBe('fenced')
    expect(clone.sync.status().uplink).not.toBe('fenced')
  })

  it('§9 case 19: a node restored from an old backup fetches its ops and goes on in a new epoch', async () => {
    const before = await lostAfter(['backup.db'])
    restoreUnderNewEpoch(fixture.file('backup.db'), 'ee'.repeat(16))
    const restored = await fixture.start({ file: fixture.file('backup.db') })
    await append(restored, 5)
    await drained(restored)
    const { epoch } = await nodeHead(restored)
    expect(epoch).toBe('ee'.repeat(16))
    await hasAll(restored, before)
  })

  it('§9 case 19: put back again before it sent a word of its new epoch, it still fetches all', async () => {
    const before = await lostAfter(['one.db', 'two.db'])
    restoreUnderNewEpoch(fixture.file('one.db'), 'e1'.repeat(16))
    const mute = await fixture.start({ file: fixture.file('one.db'), fetch: sendingNothing })
    await eventually('registered', async () => (await epochInForce()) === 'e1'.repeat(16))
    await fixture.stop(mute)
    restoreUnderNewEpoch(fixture.file('two.db'), 'e2'.repeat(16))
    const restored = await fixture.start({ file: fixture.file('two.db') })
    await append(restored, 5)
    await drained(restored)
    await hasAll(restored, before)
  })

  it('§9 case 19: ops the backup had and the cloud had not are sent before the new epoch begins', async () => {
    const node = await fixture.start()
    await append(node, 10)
    await drained(node)
    await fixture.stop(node)
    const away = await fixture.start({ cloudUrl: 'http://127.0.0.1:9' })
    await append(away, 25)
    await fixture.stop(away)
    restoreUnderNewEpoch(fixture.file(), 'ef'.repeat(16))
    const restored = await fixture.start()
    await append(restored, 3)
    await drained(restored)
    expect(await countOf(fixture.world, 'vehicle_record')).toBe(38)
  })

  it('§9 case 21: a cloud that lost its last ops is given them again', async () => {
    const node = await fixture.start()
    await append(node, 30)
    await drained(node)
    await fixture.stop(node)
    await fixture.world.pool.query(
      `DELETE FROM station_op WHERE seq > 15; DELETE FROM vehicle_record WHERE true`,
    )
    await fixture.world.pool.query(
      `UPDATE station_head h SET seq = 15, chain = encode(o.hash, 'hex') FROM station_op o
       WHERE h.stream = 'ledger' AND o.stream = 'ledger' AND o.seq = 15`,
    )
    const again = await fixture.start()
    await drained(again)
    expect((await cloudHead(fixture.world))?.seq).toBe((await nodeHead(again)).seq)
    expect(again.alarms).toEqual([])
  })

  it('§9 case 2: a cloud killed between commit and answer finds duplicates and no second effect', async () => {
    const first = await startCloud({ HANG_AFTER_COMMIT: '1' })
    const node = await fixture.start({ cloudUrl: first.url })
    const sold = fillFacts(40)
    await node.ledger.run('test.append', sold.ops)
    await first.said('committed')
    first.child.kill('SIGKILL')
    const committed = await countOf(fixture.world, 'station_op')
    expect(committed).toBeGreaterThan(0)
    const second = await startCloud({ PORT: new URL(first.url).port })
    expect(second.url).toBe(first.url)
    await drained(node)
    await eventually('acked', () => node.sync.status().unsentOps === 0)
    const ledger = await readStationLedger(stationLedgers(fixture.world.pool), 42)
    expect(ledger).toMatchObject({ fills: 40, grams: sold.grams, amountPaise: sold.amountPaise })
    expect(await countOf(fixture.world, 'station_op')).toBe((await nodeHead(node)).seq)
  })
})

/** What `baari edge restore` does to the file: the old history ends, a new epoch follows it. */
function restoreUnderNewEpoch(file: string, epoch: string): void {
  const db = new Database(file)
  db.prepare('UPDATE sync_meta SET prev_epoch = epoch, epoch = ?').run(epoch)
  const heads = db
    .prepare(
      `SELECT epoch, stream, next_seq - 1 AS seq, lower(hex(chain)) AS chain FROM outbox_head
       WHERE epoch = (SELECT prev_epoch FROM sync_meta)`,
    )
    .all()
  db.prepare('UPDATE sync_meta SET prev_heads = ?').run(JSON.stringify(heads))
  const open = db.prepare(
    `INSERT INTO outbox_head (epoch, stream, next_seq, acked_seq, chain) VALUES (?, ?, 1, 0, ?)`,
  )
  for (const stream of ['ledger', 'alarm', 'state', 'telemetry'] as const) {
    open.run(epoch, stream, Buffer.from(chainStart(42, epoch, stream), 'hex'))
  }
  db.close()
}

async function startCloud(env: Record<string, string>) {
  const entry = new URL('./cloud-process.ts', import.meta.url)
  const child = fork(entry, {
    env: { ...process.env, PORT: '0', DATABASE: fixture.world.databaseUrl, ...env },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  const words: string[] = []
  child.on('message', (word) => words.push(String(word)))
  const url = await eventually('the cloud listens', () =>
    words.find((word) => word.startsWith('http')),
  )
  return {
    child,
    url,
    said: (word: string) => eventually(`the cloud says ${word}`, () => words.includes(word)),
  }
}
