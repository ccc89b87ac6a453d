import { createHash } from 'node:crypto'
import { maxBatchBytes } from '@baari/shared/contracts/sync/uplink'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { syncLedger, vehicles, type SyncLedger } from '../../support/sync-ledger.ts'

let ledger: SyncLedger

beforeEach(async () => {
  ledger = syncLedger()
  await ledger.run('test.append', vehicles(9))
})
afterEach(async () => {
  await ledger.close()
})

const streams = ['ledger', 'alarm', 'state'] as const
const full = { ops: 1_000, streams }

async function next(ask = full) {
  const { run, heartbeat } = await ledger.run('uplink.next', ask)
  const next = run ?? heartbeat
  if (next === null) throw new Error('no run')
  return next
}

function linesOf(lines: Uint8Array): readonly string[] {
  return Buffer.from(lines).toString('utf8').trimEnd().split('\n')
}

async function ack(count: number, more = {}) {
  const { epoch } = await ledger.run('epoch.read', null)
  const run = await next({ ops: count, streams })
  const chain = linesOf(run.lines).reduce(
    (before, line) =>
      createHash('sha256').update(Buffer.from(before, 'hex')).update(line).digest('hex'),
    run.prevChain,
  )
  const input = { epoch, stream: 'ledger' as const, ack: run.last, chain, results: [] }
  return ledger.run('uplink.acked', { ...input, ...more })
}

describe('outbox as the uplink reads it', () => {
  it('a run is the stored lines from the first unacked op on, dense and in order', async () => {
    const run = await next()
    expect(run).toMatchObject({ first: 1, last: 10, stream: 'ledger' })
    const lines = linesOf(run.lines).map((line) => JSON.parse(line) as { s: number; k: string })
    expect(lines.map((line) => line.s)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(lines[0]?.k).toBe('boot')
  })

  it('a bound on ops ends the run; the next one goes on where the ack was', async () => {
    expect(await ack(4)).toEqual({ forked: false, more: true })
    expect(await next({ ops: 3, streams })).toMatchObject({ first: 5, last: 7 })
  })

  it('a run that its bound ended says so, and one that has all that waits does not', async () => {
    expect(await next({ ops: 10, streams })).toMatchObject({ last: 10, full: true })
    expect(await next({ ops: 11, streams })).toMatchObject({ last: 10, full: false })
  })

  it('a run whose bytes reach the bound of a batch ends there, however many ops it may have', async () => {
    await ledger.run('test.append', vehicles(1_500, 'x'.repeat(600)))
    const run = await next({ ops: 3_000, streams })
    expect(run.lines.length).toBeLessThanOrEqual(maxBatchBytes)
    expect(run.lines.length).toBeGreaterThan(0.99 * maxBatchBytes)
    expect(run).toMatchObject({ first: 1, full: true })
  })

  it('reading changes nothing: the same run comes until it is acked', async () => {
    const [a, b] = [await next(), await next()]
    expect(b).toEqual(a)
  })

  it('with nothing to send the run is empty and proves the chain', async () => {
    expect(await ack(1_000)).toEqual({ forked: false, more: false })
    const run = await next()
    expect(run).toMatchObject({ first: 11, last: 10 })
    expect(run.lines).toHaveLength(0)
    expect((await ledger.run('epoch.tail', run)).chain).toBe(run.prevChain)
  })

  it('an ack whose chain is not ours is a fork and marks nothing', async () => {
    expect(await ack(5, { chain: 'ab'.repeat(32) })).toEqual({ forked: true, more: false })
    expect(await ack(5, { ack: 99 })).toEqual({ forked: true, more: false })
    expect((await next()).first).toBe(1)
  })

  it('an ack for an epoch that was left changes nothing', async () => {
    expect(await ack(5, { epoch: 'ab' })).toEqual({ forked: false, more: false })
    expect((await next()).first).toBe(1)
  })

  it('verdicts of the cloud are kept by their op', async () => {
    const results = [{ seq: 3, verdict: 'rejected', code: 'use_unknown', rev: null }]
    await ack(5, { results })
    await ledger.run('uplink.rewind', { stream: 'ledger', to: 1 })
    await ack(5, { results })
    expect((await next()).first).toBe(6)
  })

  it('a rewind stays between the start and the newest op', async () => {
    await ack(8)
    expect(await ledger.run('uplink.rewind', { stream: 'ledger', to: 4 })).toEqual({ acked: 3 })
    expect((await next()).first).toBe(4)
    expect(await ledger.run('uplink.rewind', { stream: 'ledger', to: -3 })).toEqual({ acked: 0 })
    expect(await ledger.run('uplink.rewind', { stream: 'ledger', to: 500 })).toEqual({ acked: 10 })
  })
})

describe('heads of the cloud', () => {
  async function compare(seq: number, chain?: string) {
    const held = await ledger.run('test.look', (tx) => tx.sync.uplink.chainAt('ledger', seq))
    const head = { stream: 'ledger', seq, chain: chain ?? String(held) }
    return (await ledger.run('uplink.compare', { heads: [head] })).relation
  }

  it('one that lies on our chain is taken over as what the cloud has, also backwards', async () => {
    await ack(1_000)
    expect(await compare(6)).toBe('cloud_behind')
    expect((await next()).first).toBe(7)
  })

  it('one on another chain, or beyond our end, moves nothing', async () => {
    await ack(7)
    expect(await compare(6, 'ab'.repeat(32))).toBe('chain_differs')
    expect((await next()).first).toBe(8)
  })

  it('§9 case 19: another op where the cloud never acknowledged ours means that we were put back', async () => {
    expect(await compare(6, 'ab'.repeat(32))).toBe('cloud_ahead')
    expect(await compare(60, 'ab'.repeat(32))).toBe('cloud_ahead')
    expect((await next()).first).toBe(1)
  })
})

describe('epochs', () => {
  it('a new epoch starts at seq 1 with an op that names the heads it follows', async () => {
    await ack(9)
    await ledger.run('test.append', vehicles(1))
    const { epoch: prevEpoch } = await ledger.run('epoch.read', null)
    const chain = String(await ledger.run('test.look', (tx) => tx.sync.uplink.chainAt('ledger', 9)))
    const prevHeads = [{ epoch: prevEpoch, stream: 'ledger' as const, seq: 9, chain }]
    const lineage = [{ epoch: prevEpoch, heads: prevHeads }]
    const { epoch } = await ledger.run('rollback.begin', { lineage, ownIsKnown: true })
    await ledger.run('rollback.replay', null)
    const run = await next()
    // What the cloud lacked is told again behind the opening.
    expect(run).toMatchObject({ epoch, first: 1, last: 3 })
    expect(JSON.parse(linesOf(run.lines)[0] ?? '')).toMatchObject({
      s: 1,
      k: 'epoch.opened',
      b: { prevEpoch, heads: [{ stream: 'ledger', seq: 9 }] },
    })
    expect(await ledger.run('epoch.read', null)).toMatchObject({ epoch, prevEpoch, prevHeads })
    const left = await ledger.run('epoch.tail', { epoch: prevEpoch, stream: 'ledger' })
    expect(left).toEqual({ seq: 9, chain })
  })

  it('what was written in an epoch the cloud never heard of is told in the next one, older ones too', async () => {
    await ack(9)
    const { epoch: known } = await ledger.run('epoch.read', null)
    const chain = String(await ledger.run('test.look', (tx) => tx.sync.uplink.chainAt('ledger', 9)))
    const prevHeads = [{ epoch: known, stream: 'ledger' as const, seq: 9, chain }]
    const follow = async (epoch: string, prevEpoch: string, plate: string): Promise<void> => {
      await ledger.run('test.look', (tx) => {
        const body = { prevEpoch, heads: [{ stream: 'ledger' as const, seq: 9, chain }] }
        tx.sync.epochs.open(epoch, { prevEpoch, prevHeads })
        tx.outbox.append({ kind: 'epoch.opened', entity: { type: 'station', uuid: '' }, body })
        const [op] = vehicles(1)
        tx.outbox.append({ ...op, body: { ...op?.body, plate } } as never)
      })
    }
    // Put back twice while the line was down: two epochs behind the one that the cloud has.
    await follow('b1'.repeat(16), known, 'MH12FIRST')
    await follow('b2'.repeat(16), 'b1'.repeat(16), 'MH12SECOND')
    const lineage = [{ epoch: known, heads: prevHeads }]
    const { epoch } = await ledger.run('rollback.begin', { lineage, ownIsKnown: false })
    await ledger.run('rollback.replay', null)
    const run = await next()
    const told = linesOf(run.lines).map((line) => JSON.parse(line) as { b: { plate?: string } })
    expect(epoch).toBe('b2'.repeat(16))
    expect(told.map(({ b }) => b.plate)).toEqual([undefined, 'MH12AB8', 'MH12FIRST', 'MH12SECOND'])
    const gone = await ledger.run('epoch.tail', { epoch: 'b1'.repeat(16), stream: 'ledger' })
    expect(gone.seq).toBe(0)
  })

  it('an opening that is rolled back leaves the outbox in the old epoch', async () => {
    const before = await ledger.run('epoch.read', null)
    const failing = ledger.run('test.look', (tx) => {
      tx.sync.epochs.open('ab'.repeat(16), { prevEpoch: before.epoch, prevHeads: [] })
      tx.outbox.append(vehicles(1)[0] as never)
      throw new Error('power cut')
    })
    await expect(failing).rejects.toThrow('power cut')
    await ledger.run('test.append', vehicles(1))
    expect(await next()).toMatchObject({ epoch: before.epoch, last: 11 })
  })

  it('being fenced is remembered', async () => {
    await ledger.run('epoch.fenced', { fenced: true })
    await ledger.run('epoch.generation', { generation: 7 })
    expect(await ledger.run('epoch.read', null)).toMatchObject({ fenced: true, generation: 7 })
  })
})
