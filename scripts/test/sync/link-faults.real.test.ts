import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFaultyLink, type FaultyLink } from '../../clients/faulty-link.ts'
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
let link: FaultyLink

beforeEach(async () => {
  fixture = await openFixture()
  link = await openFaultyLink({
    to: Number(new URL(fixture.world.url).port),
    prng: seededPrng(11),
  })
})
afterEach(async () => {
  await fixture.close()
  await link.close()
})

const start = (): Promise<EdgeNode> => fixture.start({ cloudUrl: link.url })

async function append(node: EdgeNode, count: number, from = 0): Promise<void> {
  for (let done = 0; done < count; done += 500) {
    const size = Math.min(500, count - done)
    await node.ledger.run('test.append', vehicleFacts(size, from + done))
  }
}

const drained = (node: EdgeNode, withinMs = 60_000): Promise<true> =>
  eventually('both chains equal', () => chainsEqual(fixture.world, node), withinMs)

async function seqAtCloud(): Promise<number> {
  return (await cloudHead(fixture.world))?.seq ?? 0
}

describe('an uplink over a bad line', () => {
  it('P03 §9 case 10: a week offline drains over a flapping link, never backwards, memory flat', async () => {
    const node = await start()
    await drained(node)
    link.set({ kind: 'cut' })
    const weekOps = 20_000
    await append(node, weekOps)
    global.gc?.()
    const before = process.memoryUsage().rss
    link.set({ kind: 'none' })
    let last = 0
    let flaps = 0
    // The line breaks after every step forward, wherever a batch is at that moment.
    while (last < weekOps) {
      const reached = last
      last = await eventually(
        'further progress',
        async () => {
          const seq = await seqAtCloud()
          node.sync.tell('link_up')
          return seq > reached && seq
        },
        90_000,
      )
      if (last >= weekOps) break
      link.drop()
      flaps += 1
    }
    await drained(node)
    expect(flaps).toBeGreaterThan(5)
    expect(await countOf(fixture.world, 'vehicle_record')).toBe(weekOps)
    expect(await countOf(fixture.world, 'station_op')).toBe((await nodeHead(node)).seq)
    // Batches are bounded, so a backlog of any length costs a few of them.
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
    expect([node.alarms, node.faults]).toEqual([[], []])
  })

  it('§9 case 11: with two pieces of a hundred lost every op arrives once', async () => {
    link.set({ kind: 'loss', share: 0.02 })
    const node = await start()
    const arrived = () => {
      node.sync.tell('link_up')
      return node.sync.status().unsentOps === 0 && chainsEqual(fixture.world, node)
    }
    let sales = 0
    while (link.counts().dropped < 4 && sales < 2_000) {
      await node.ledger.run('test.append', fillFacts(5).ops)
      sales += 5
      await eventually('arrived', arrived)
    }
    expect(link.counts().dropped).toBeGreaterThanOrEqual(4)
    expect(await countOf(fixture.world, 'sale')).toBe(sales)
    expect(await countOf(fixture.world, 'station_op')).toBe((await nodeHead(node)).seq)
  })

  it('§9 case 11: a half-open connection ends at the deadline and the batch is sent again', async () => {
    const node = await fixture.start({ cloudUrl: link.url, fetch: withDeadline(1_500) })
    await append(node, 10)
    await drained(node)
    link.set({ kind: 'half-open' })
    await append(node, 10, 10)
    await eventually('given up', () => node.sync.status().uplink === 'offline')
    expect(await seqAtCloud()).toBeLessThan((await nodeHead(node)).seq)
    link.set({ kind: 'none' })
    link.drop()
    await eventually('drained', async () => {
      node.sync.tell('link_up')
      return chainsEqual(fixture.world, node)
    })
    expect(await countOf(fixture.world, 'vehicle_record')).toBe(20)
  })

  it('§9 case 11: a stall longer than the deadline leads to duplicates without effect', async () => {
    const node = await fixture.start({ cloudUrl: link.url, fetch: withDeadline(600) })
    await drained(node)
    link.set({ kind: 'stall', ms: 900, way: 'down' })
    const sold = fillFacts(30)
    await node.ledger.run('test.append', sold.ops)
    // The batch arrives; its answer finds nobody.
    await eventually('given up', () => node.sync.status().uplink === 'offline')
    await eventually('applied', async () => (await countOf(fixture.world, 'sale')) === 30)
    link.set({ kind: 'none' })
    link.drop()
    await eventually('acked', async () => {
      node.sync.tell('link_up')
      return node.sync.status().unsentOps === 0 && chainsEqual(fixture.world, node)
    })
    expect(await countOf(fixture.world, 'sale')).toBe(30)
    expect(await countOf(fixture.world, 'station_op')).toBe((await nodeHead(node)).seq)
  })

  it('§9 case 13: a token that ends between batches is renewed, and the same batch goes again', async () => {
    const node = await start()
    await append(node, 10)
    await drained(node)
    const { generation } = await node.ledger.run('epoch.read', null)
    await fixture.world.pool.query('UPDATE station_token SET expires_at_ms = 0')
    await append(node, 10, 10)
    await drained(node)
    expect((await node.ledger.run('epoch.read', null)).generation).toBe(generation)
    expect(await countOf(fixture.world, 'vehicle_record')).toBe(20)
  })

  it('a slow line drains with the batches it can carry', async () => {
    link.set({ kind: 'slow', bytesPerSecond: 60_000 })
    const node = await start()
    await append(node, 3_000)
    await drained(node, 90_000)
    expect([node.alarms, node.faults]).toEqual([[], []])
  })
})

/** The uplink's own deadline is 30 s; a test shows the same with less patience. */
function withDeadline(ms: number): typeof fetch {
  return (input, init) => {
    if (!String(input).includes('/v1/uplink/')) return fetch(input, init)
    const own = AbortSignal.timeout(ms)
    const signal = init?.signal ? AbortSignal.any([init.signal, own]) : own
    return fetch(input, { ...init, signal })
  }
}
