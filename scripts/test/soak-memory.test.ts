import { expect, it } from 'vitest'
import { memoryGrowth } from '../soak/memory-watch.ts'

const minuteByMinute = (residentMb: (minute: number) => number) =>
  Array.from({ length: 61 }, (_, minute) => ({
    atMs: minute * 60_000,
    residentMb: residentMb(minute),
  }))

it('a process that grows only while it warms up is flat', () => {
  const { growthMb, mostMb } = memoryGrowth(minuteByMinute((at) => (at < 10 ? 60 + at * 4 : 100)))
  expect(growthMb).toBe(0)
  expect(mostMb).toBe(100)
})

it('a process that leaks a megabyte a minute grows by thirty from the second to the last quarter of an hour', () => {
  expect(memoryGrowth(minuteByMinute((at) => 100 + at)).growthMb).toBe(30)
})

it('a saw of a collector is no growth', () => {
  const { growthMb } = memoryGrowth(minuteByMinute((at) => 100 + (at % 5)))
  expect(Math.abs(growthMb)).toBeLessThanOrEqual(1)
})
