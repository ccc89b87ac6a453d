import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { afterEach, expect, it } from 'vitest'
import { startThreadCall } from '../../src/adapters/thread/thread-call.ts'
import { fullPace } from '../../src/app/queue/quote-waits.ts'
import { startWaitQuoter } from '../../src/compose/start-wait-quoter.ts'
import { bothFree, stationWorld } from '../support/station-world.ts'

const clock = manualClock()
const script = new URL('./echo-thread.ts', import.meta.url)
const thread = startThreadCall<string, string>({ script, clock })

afterEach(() => thread.stop())

it('a thread answers each call', async () => {
  expect(await thread.call('a')).toBe('echo a')
  expect(await thread.call('b')).toBe('echo b')
})

it('a thread that dies rejects its call and the next call has a new one', async () => {
  await expect(thread.call('die')).rejects.toThrow(/ended with code 3/)
  expect(await thread.call('again')).toBe('echo again')
})

it('a silent thread is given up after a minute', async () => {
  const silent = thread.call('silence')
  clock.advance(seconds(60))
  await expect(silent).rejects.toThrow(/no answer/)
})

it('the wait quoter plays the queue forward in its thread and stores the quotes', async () => {
  const world = await stationWorld()
  await world.run('queue.dispatch', { positions: bothFree })
  const faults: unknown[] = []
  const quoter = startWaitQuoter({
    ledger: world.ledger,
    clock: manualClock(),
    pace: () => fullPace,
    onFault: (error) => faults.push(error),
  })
  const stored = () => world.db.prepare('SELECT count(*) FROM wait_quote').pluck().get()
  await expect.poll(stored, { timeout: 20_000 }).toBe(4)
  await quoter.stop()
  expect(faults).toEqual([])
})
