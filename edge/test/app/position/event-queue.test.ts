import { describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { eventQueue, type QueuedEvent } from '../../../src/app/position/event-queue.ts'

const flow = (total: number): QueuedEvent => ({
  event: { kind: 'flow', totaliserGrams: grams(total) },
  raw: null,
})
const plain = (kind: 'ended' | 'stop'): QueuedEvent => ({ event: { kind }, raw: null })

function blocked() {
  const done: QueuedEvent[] = []
  const open: (() => void)[] = []
  const queue = eventQueue(async (event) => {
    await new Promise<void>((resolve) => open.push(resolve))
    done.push(event)
  })
  return {
    queue,
    done,
    async release() {
      open.shift()?.()
      await new Promise<void>((resolve) => setImmediate(resolve))
    },
  }
}

describe('events that wait for the ledger', () => {
  it('are decided one at a time and in order', async () => {
    const { queue, done, release } = blocked()
    queue.push(flow(1))
    queue.push(plain('ended'))
    await release()
    await release()
    expect(done.map(({ event }) => event.kind)).toEqual(['flow', 'ended'])
  })
  it('of many flow readings only the newest waits', async () => {
    const { queue, done, release } = blocked()
    for (let total = 1; total <= 1_000; total += 1) queue.push(flow(total))
    expect(queue.size()).toBe(1)
    await release()
    await release()
    expect(done).toEqual([flow(1), flow(1_000)])
  })
  it('a hanging ledger fills no memory: one event of each kind waits', () => {
    const { queue } = blocked()
    for (let n = 0; n < 10_000; n += 1) queue.push(n % 2 === 0 ? plain('stop') : plain('ended'))
    expect(queue.size()).toBe(2)
  })
})
