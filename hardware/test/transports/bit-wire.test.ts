import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { describe, expect, it } from 'vitest'
import { wireTime } from '../../src/transports/line-timing.ts'
import { joinByBitTime, joinedPorts, type BitWireOptions } from '../rigs/bit-wire.ts'
import { steppedClock } from '../rigs/stepped-clock.ts'

const timing = { baud: 9_600, bitsPerChar: 11 } as const
const byteMs = wireTime(timing, 1)

function wireWith(options: Partial<BitWireOptions> = {}) {
  const clock = steppedClock()
  const [near, nearEnd] = joinedPorts()
  const [far, farEnd] = joinedPorts()
  const wire = joinByBitTime(nearEnd, farEnd, { clock, timing, prng: seededPrng(1), ...options })
  const heard = { near: [] as number[], far: [] as number[], farAtMs: [] as number[] }
  near.onBytes((bytes) => heard.near.push(...bytes))
  far.onBytes((bytes) => {
    heard.far.push(...bytes)
    heard.farAtMs.push(clock.mono())
  })
  const run = async (steps: number): Promise<void> => {
    for (let step = 0; step < steps; step += 1) await clock.step()
  }
  return { clock, near, far, wire, heard, run }
}

describe('the wire of the tests', () => {
  it('a byte arrives when its last bit is over', async () => {
    const { near, heard, run } = wireWith()
    near.write(Uint8Array.of(1, 2, 3))
    await run(3)
    expect(heard.far).toEqual([1, 2, 3])
    expect(heard.farAtMs.map((at) => at / byteMs)).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(2, 9),
      expect.closeTo(3, 9),
    ])
  })

  it('a piece arrives when its last byte is over', async () => {
    const { near, heard, run } = wireWith({ pieceBytes: 2 })
    near.write(Uint8Array.of(1, 2, 3))
    await run(2)
    expect(heard.farAtMs.map((at) => at / byteMs)).toEqual([
      expect.closeTo(2, 9),
      expect.closeTo(3, 9),
    ])
  })

  it('two ends that speak at once destroy what passes at the same time, and only that', async () => {
    const { near, far, wire, heard, run } = wireWith()
    near.write(Uint8Array.of(1, 2, 3, 4))
    await run(2)
    far.write(Uint8Array.of(9))
    await run(3)
    expect(wire.counters().collided).toBeGreaterThan(0)
    expect(heard.far.slice(0, 2)).toEqual([1, 2])
    expect(heard.far[2]).not.toBe(3)
    expect(heard.far[3]).toBe(4)
    expect(heard.near).not.toEqual([9])
  })

  it('bytes are turned and swallowed in their shares, the same for the same seed', async () => {
    const lossy = async () => {
      const { near, wire, heard, run } = wireWith({ flipShare: 0.1, dropShare: 0.05 })
      near.write(new Uint8Array(4_000))
      await run(4_000)
      return { ...wire.counters(), heard: heard.far }
    }
    const once = await lossy()
    expect(once.flipped / once.bytes).toBeCloseTo(0.1, 1)
    expect(once.dropped / once.bytes).toBeCloseTo(0.05, 1)
    expect(once.heard).toHaveLength(4_000 - once.dropped)
    expect(once.heard.filter((byte) => byte !== 0)).toHaveLength(once.flipped)
    expect(await lossy()).toEqual(once)
  })

  it('an unplugged wire passes nothing', async () => {
    const { near, wire, heard, run } = wireWith()
    near.write(Uint8Array.of(1, 2))
    await run(1)
    wire.unplug()
    near.write(Uint8Array.of(3))
    await run(3)
    expect(heard.far).toEqual([1])
  })
})
