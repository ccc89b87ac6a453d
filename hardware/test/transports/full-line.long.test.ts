import { millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import type { LineTiming } from '../../src/transports/line-timing.ts'
import { fullLine } from '../rigs/full-line.ts'

const slow: LineTiming = { baud: 9_600, bitsPerChar: 11 }
const fast: LineTiming = { baud: 19_200, bitsPerChar: 11 }
/** The most that a device on a line with stops may declare. */
const deviceDelayMs = millis(10)

describe('a line that is polled as fast as it goes', () => {
  it.each([slow, fast])(
    'at $baud baud it makes at least 0.95 of all possible polls',
    async (timing) => {
      const line = await fullLine({ timing, deviceDelayMs: millis(6), seed: 1 })
      await line.run(1_000)
      expect(await line.efficiency(10_000)).toBeGreaterThan(0.95)
      expect(line.wire.counters().collided).toBe(0)
    },
  )

  it('S13 with one of eight devices dead the other seven keep at least 90 % of their rate', async () => {
    const line = await fullLine({ timing: slow, deviceDelayMs: millis(6), seed: 1 })
    await line.run(1_000)
    const before = await line.sevenRate(20_000)
    line.killEighth()
    expect(await line.sevenRate(60_000)).toBeGreaterThan(before * 0.9)
  })
})

describe('stops on a full line at 9600 baud', () => {
  it.each([1, 8])(
    'a stop is at its device within 100 ms and never meets a reply, in pieces of %i bytes',
    async (pieceBytes) => {
      const line = await fullLine({ timing: slow, deviceDelayMs, seed: 2, pieceBytes })
      for (let stop = 0; stop < 40; stop += 1) {
        // Each time at another moment of the exchanges.
        await line.run(300 + stop * 7.3)
        expect(await line.stop((stop % 4) + 1)).toBeLessThan(100)
      }
      expect(line.wire.counters().collided).toBe(0)
    },
  )

  it('a stop that is lost on a wire that turns one byte in 250 is written again within 250 ms', async () => {
    const line = await fullLine({ timing: slow, deviceDelayMs, seed: 4, flipShare: 0.004 })
    const tookMs: number[] = []
    for (let stop = 0; stop < 100; stop += 1) {
      await line.run(600 + stop * 7.3)
      tookMs.push(await line.stop((stop % 4) + 1))
    }
    expect(Math.max(...tookMs)).toBeLessThan(250)
    expect(tookMs.filter((ms) => ms > 100).length).toBeGreaterThan(2)
  })

  it('the last byte of an all-stop of four devices is over within 250 ms', async () => {
    const line = await fullLine({ timing: slow, deviceDelayMs, seed: 3 })
    for (let stop = 0; stop < 30; stop += 1) {
      await line.run(500 + stop * 7.3)
      expect(await line.allStop()).toBeLessThan(250)
    }
    expect(line.wire.counters().collided).toBe(0)
  })
})
