import { describe, expect, it } from 'vitest'
import { streamTurns } from '../../../src/adapters/sync-http/stream-turns.ts'

/** Whether a promise has settled once everything else that could run has run. */
async function hasBegun(begun: Promise<void>): Promise<boolean> {
  let settled = false
  void begun.then(() => (settled = true))
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

describe('turns of the batches of a stream', () => {
  it('the first goes on at once, the others in the order they came', async () => {
    const turns = streamTurns()
    const [first, second, third] = [
      turns.enter('1/ledger'),
      turns.enter('1/ledger'),
      turns.enter('1/ledger'),
    ]
    expect([first.waits(), second.waits(), third.waits()]).toEqual([false, true, true])
    expect(await hasBegun(first.begun)).toBe(true)
    expect(await hasBegun(second.begun)).toBe(false)
    first.end()
    expect(await hasBegun(second.begun)).toBe(true)
    expect(second.waits()).toBe(false)
    expect(await hasBegun(third.begun)).toBe(false)
    second.end()
    expect(await hasBegun(third.begun)).toBe(true)
  })

  it('one that leaves before its turn holds up nobody and lets nobody past', async () => {
    const turns = streamTurns()
    const [first, second, third] = [
      turns.enter('1/ledger'),
      turns.enter('1/ledger'),
      turns.enter('1/ledger'),
    ]
    second.end()
    expect(await hasBegun(third.begun)).toBe(false)
    first.end()
    expect(await hasBegun(third.begun)).toBe(true)
  })

  it('other streams and other stations do not wait', async () => {
    const turns = streamTurns()
    turns.enter('1/ledger')
    expect(await hasBegun(turns.enter('1/alarm').begun)).toBe(true)
    expect(await hasBegun(turns.enter('2/ledger').begun)).toBe(true)
  })

  it('after the last has ended the next does not wait', async () => {
    const turns = streamTurns()
    turns.enter('1/ledger').end()
    await new Promise((resolve) => setImmediate(resolve))
    expect(turns.enter('1/ledger').waits()).toBe(false)
  })
})
