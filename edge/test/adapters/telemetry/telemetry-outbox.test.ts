import { createHash } from 'node:crypto'
import { stationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { Database } from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTelemetryFile } from '../../../src/adapters/telemetry/telemetry-file.ts'
import { TelemetryOutbox } from '../../../src/adapters/telemetry/telemetry-outbox.ts'
import { segmentRows, TelemetryWriter } from '../../../src/adapters/telemetry/telemetry-writer.ts'
import { reading } from '../../support/device-messages.ts'

let db: Database
let outbox: TelemetryOutbox
let writer: TelemetryWriter

beforeEach(() => {
  db = openTelemetryFile(':memory:')
  outbox = new TelemetryOutbox(db, stationNo(42))
  writer = new TelemetryWriter(db, 64 * 1_048_576, outbox)
})
afterEach(() => db.close())

const epoch = 'ab'.repeat(16)
const bound = { ops: 1_000, bytes: 1_000_000 }

function store(count: number, from = 1): void {
  writer.store(Array.from({ length: count }, (_, n) => reading(from + n)))
}

function linesOf(run: { readonly lines: Uint8Array } | undefined): readonly string[] {
  return Buffer.from(run?.lines ?? [])
    .toString('utf8')
    .trimEnd()
    .split('\n')
}

/** The chain value after a segment, as the cloud computes it. */
function chainAfter(
  run: { readonly prevChain: string; readonly lines: Uint8Array },
  count?: number,
) {
  return linesOf(run)
    .slice(0, count)
    .reduce(
      (chain, line) => createHash('sha256').update(chain, 'hex').update(line).digest('hex'),
      run.prevChain,
    )
}

function next() {
  const run = outbox.next(epoch, bound)
  if (run === undefined) throw new Error('nothing waits')
  return run
}

function ackNext(): void {
  const run = next()
  expect(outbox.acked({ epoch, seq: run.last, chain: chainAfter(run) }).forked).toBe(false)
}

describe('the telemetry stream’s outbox', () => {
  it('starts at the chain of its station, epoch and stream, and numbers densely from 1', () => {
    store(3)
    const run = next()
    const start = createHash('sha256').update(`baari/1|42|${epoch}|telemetry`).digest('hex')
    expect(run).toMatchObject({ epoch, stream: 'telemetry', first: 1, last: 3, prevChain: start })
    const ops = linesOf(run).map(
      (line) => JSON.parse(line) as { s: number; k: string; b: { i: number } },
    )
    expect(ops.map(({ s, k, b }) => [s, k, b.i])).toEqual([
      [1, 'reading', 1],
      [2, 'reading', 2],
      [3, 'reading', 3],
    ])
  })

  it('a segment asked for again is the same bytes, whatever came meanwhile', () => {
    store(3)
    const first = next()
    store(5, 4)
    expect(next()).toEqual(first)
  })

  it('after an acknowledgement the next segment continues number and chain', () => {
    store(3)
    const first = next()
    ackNext()
    expect(outbox.next(epoch, bound)).toBeUndefined()
    store(2, 4)
    expect(next()).toMatchObject({ first: 4, last: 5, prevChain: chainAfter(first) })
  })

  it('a segment is bounded, so that a ledger op behind it waits a moment only', () => {
    store(1_300)
    expect(next()).toMatchObject({ first: 1, last: 500 })
    ackNext()
    expect(next()).toMatchObject({ first: 501, last: 1_000 })
  })

  it('a chain value that is not ours is a fork and marks nothing', () => {
    store(3)
    const { last } = next()
    expect(outbox.acked({ epoch, seq: last, chain: '00'.repeat(32) })).toEqual({
      forked: true,
      more: false,
    })
    expect(next().first).toBe(1)
  })

  it('a cloud that stands inside of a segment is found on our chain', () => {
    store(10)
    const run = next()
    expect(outbox.compare({ epoch, seq: 4, chain: chainAfter(run, 4) })).toBe('cloud_behind')
    expect(outbox.compare({ epoch, seq: 4, chain: '00'.repeat(32) })).toBe('chain_differs')
    expect(outbox.compare({ epoch, seq: 11, chain: '' })).toBe('cloud_ahead')
    expect(next().first).toBe(1)
  })

  it('a new epoch begins anew with what was not acknowledged, and repeats nothing else', () => {
    store(600)
    ackNext()
    next()
    const other = 'cd'.repeat(16)
    const run = outbox.next(other, bound)
    expect(run).toMatchObject({ epoch: other, first: 1, last: 100 })
    const [op] = linesOf(run).map((line) => JSON.parse(line) as { b: { i: number } })
    expect(op?.b.i).toBe(501)
  })

  it('a full ring drops what the cloud has without a gap, then unsent rows with one, never those on their way', () => {
    const small = new TelemetryWriter(db, 1, outbox)
    store(segmentRows + 3_000)
    ackNext()
    expect(small.oldestWhenFull()).toEqual({ from: 1, to: 500, count: 500, unsent: false })
    small.drop({ from: 1, to: 500, count: 500, unsent: false })
    const onItsWay = next()
    expect(small.oldestWhenFull()).toEqual({
      from: 1_001,
      to: segmentRows,
      count: segmentRows - 1_000,
      unsent: true,
    })
    small.drop({ from: 1_001, to: segmentRows, count: segmentRows - 1_000, unsent: true })
    expect(next()).toEqual(onItsWay)
    ackNext()
    const [op] = linesOf(next()).map((line) => JSON.parse(line) as { s: number; b: { i: number } })
    // The number goes on without a hole; the readings themselves have one, which the gap tells.
    expect([op?.s, op?.b.i]).toEqual([1_001, segmentRows + 1])
  })

  it('readings the cloud has go after their time, the others stay', () => {
    store(700)
    ackNext()
    writer.forget(instant(1_760_000_000_001))
    expect(db.prepare('SELECT min(id) AS low, count(*) AS n FROM reading').get()).toEqual({
      low: 501,
      n: 200,
    })
  })
})
