import { expect, it } from 'vitest'
import { pause } from '../src/runtime/clock.ts'
import { manualClock } from '../src/testing/manual-clock.ts'
import { millis } from '../src/units/time.ts'

it('timers run in the order of their due times, and a step of the wall clock moves none', () => {
  const clock = manualClock()
  const seen: string[] = []
  clock.after('late', millis(20), () => seen.push(`late at ${clock.mono()}`))
  clock.after('early', millis(10), () => seen.push(`early at ${clock.mono()}`))
  clock.stepWall(millis(1_000_000))
  expect(seen).toEqual([])
  clock.advance(millis(30))
  expect(seen).toEqual(['early at 10', 'late at 20'])
})

it('an aborted pause ends at once and leaves no timer', async () => {
  const clock = manualClock()
  const stop = new AbortController()
  const waiting = pause(clock, { name: 'w', delay: millis(1000), signal: stop.signal })
  stop.abort()
  await waiting
  expect(clock.pendingTimers()).toEqual([])
})
