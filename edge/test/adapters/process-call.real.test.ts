import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { afterEach, expect, it } from 'vitest'
import { startProcessCall } from '../../src/adapters/process/process-call.ts'

const clock = manualClock()
const script = new URL('./echo-process.ts', import.meta.url)
const calls = startProcessCall<string, string>({ script, clock })

afterEach(() => calls.stop())

it('each call has a process of its own, which is over with its answer', async () => {
  expect(await calls.call('a')).toBe('echo a')
  expect(await calls.call('b')).toBe('echo b')
  expect(clock.pendingTimers()).toEqual([])
})

it('a process that dies rejects its call', async () => {
  await expect(calls.call('die')).rejects.toThrow(/ended with 3/)
})

it('a silent process is given up after a minute', async () => {
  const silent = calls.call('silence')
  clock.advance(seconds(60))
  await expect(silent).rejects.toThrow(/no answer/)
})
