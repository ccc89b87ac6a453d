import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { spinningWait } from '../../src/transports/system-clock.ts'
import { settle } from '../rigs/turn-clock.ts'

/** A clock whose timers fire only when the test says so, however late. */
function heldUpClock() {
  let nowMs = 0
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => instant(0),
    mono: () => mono((nowMs += 0.01)),
    after: (_name, _delay, call) => {
      timers.push(call)
      return () => void timers.splice(timers.indexOf(call), 1)
    },
  }
  return {
    clock,
    fireAt: (atMs: number) => {
      nowMs = atMs
      for (const call of timers.splice(0)) call()
    },
  }
}

it('a wait that is woken in time ends at its moment', () => {
  const { clock, fireAt } = heldUpClock()
  const endedAtMs: number[] = []
  spinningWait(clock)(mono(4), () => endedAtMs.push(clock.mono()))
  fireAt(3.1)
  expect(endedAtMs).toEqual([expect.closeTo(4, 1)])
})

it('a wait that is woken too late hears first what came meanwhile', async () => {
  const { clock, fireAt } = heldUpClock()
  let ended = false
  spinningWait(clock)(mono(4), () => (ended = true))
  fireAt(40)
  expect(ended).toBe(false)
  await settle()
  expect(ended).toBe(true)
})

it('a cancelled wait never ends, be it in time or too late', async () => {
  for (const wokenAtMs of [3.1, 40]) {
    const { clock, fireAt } = heldUpClock()
    let ended = false
    const cancel = spinningWait(clock)(mono(4), () => (ended = true))
    if (wokenAtMs > 4) fireAt(wokenAtMs)
    cancel()
    fireAt(wokenAtMs)
    await settle()
    expect(ended).toBe(false)
  }
})
