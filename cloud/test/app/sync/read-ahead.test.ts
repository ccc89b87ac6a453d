import { describe, expect, it } from 'vitest'
import { nextChain } from '../../../src/adapters/postgres/sync/chain-hash.ts'
import { readAhead } from '../../../src/app/sync/read-ahead.ts'
import { readLine } from '../../../src/app/sync/read-ops.ts'
import type { Batch } from '../../../src/app/sync/receive-batch.ts'

const start = '0'.repeat(64)

function batchOf(count: number): Batch {
  const lines = Array.from({ length: count }, (_, n) =>
    readLine(Buffer.from(JSON.stringify({ s: n + 1, k: 'boot', e: 0, t: 0, m: 0, b: {} }))),
  )
  const place = { stream: 'ledger', epoch: 'a', generation: 1, sentAtMs: 0 } as const
  return { ...place, first: 1, prevChain: start, lines }
}

/** The chain of all lines, and how many of its links had to be reckoned. */
function chained({ lines }: Batch, nextHash: typeof nextChain): string {
  return lines.reduce((chain, { raw }) => nextHash(chain, raw), start)
}

describe('reading a batch ahead of its turn', () => {
  it('remembers the chain it reckoned, and lets others go first all along', async () => {
    const batch = batchOf(1_000)
    let pauses = 0
    let reckoned = 0
    const counting: typeof nextChain = (previous, raw) => {
      reckoned += 1
      return nextChain(previous, raw)
    }
    const nextHash = await readAhead(batch, counting, () => Promise.resolve((pauses += 1) > 0))
    expect([pauses, reckoned]).toEqual([4, 1_000])
    expect(chained(batch, nextHash)).toBe(chained(batch, nextChain))
    expect(reckoned).toBe(1_000)
  })

  it('stops when its turn has come: the rest is reckoned as it is needed, to the same chain', async () => {
    const batch = batchOf(1_000)
    let pauses = 0
    const nextHash = await readAhead(batch, nextChain, () => Promise.resolve((pauses += 1) < 2))
    expect(pauses).toBe(2)
    expect(chained(batch, nextHash)).toBe(chained(batch, nextChain))
  })

  it('another beginning than the station said is reckoned, not remembered', async () => {
    const batch = batchOf(3)
    const nextHash = await readAhead(batch, nextChain, () => Promise.resolve(true))
    const [line] = batch.lines
    const other = '1'.repeat(64)
    expect(nextHash(other, line?.raw ?? Buffer.of())).toBe(
      nextChain(other, line?.raw ?? Buffer.of()),
    )
  })
})
