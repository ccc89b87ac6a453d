import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { peakBytes } from '../../src/runtime/peak-memory.ts'
import { startProcessCall } from '../../src/runtime/process-call.ts'

const clock = manualClock()
const script = new URL('./echo-process.ts', import.meta.url)
const calls = startProcessCall<string, string>({ script, clock, within: seconds(60) })

afterEach(() => calls.stop())

it('each call has a process of its own, which is over with its answer', async () => {
  expect(await calls.call('a')).toBe('echo a')
  expect(await calls.call('b')).toBe('echo b')
  expect(clock.pendingTimers()).toEqual([])
})

it('a process that dies rejects its call', async () => {
  await expect(calls.call('die')).rejects.toThrow(/ended with 3/)
})

it('a process whose parent is gone ends by itself', async () => {
  const child = fork(script, { execArgv: ['--import', 'tsx'] })
  child.send('a')
  await once(child, 'message')
  const ended = once(child, 'exit')
  // What a killed parent does.
  child.disconnect()
  expect(await ended).toEqual([1, null])
})

it('a silent process is given up after a minute', async () => {
  const silent = calls.call('silence')
  clock.advance(seconds(60))
  await expect(silent).rejects.toThrow(/no answer/)
})

it('a built process gets the flags it asks for, not those of who starts it', async () => {
  const built = new URL('./flags-process.mjs', import.meta.url)
  const flags = ['--no-opt', '--max-semi-space-size=1']
  const call = { script: built, clock, within: seconds(60), nodeArguments: flags }
  expect(await startProcessCall<string, readonly string[]>(call).call('?')).toEqual(flags)
})

it('what was resident at most is told: at least what is held', () => {
  const before = peakBytes()
  const held = Buffer.alloc(256_000_000, 1)
  expect(peakBytes()).toBeGreaterThan(held.length)
  expect(peakBytes()).toBeGreaterThanOrEqual(before)
})
