import { describe, expect, it } from 'vitest'
import { runWorld } from '../../sim/world/world.ts'
import { smallWorld } from './small-world.ts'

describe('a simulated world', () => {
  it('a seed replays bit for bit: every event, every word and every chain', async () => {
    const first = await runWorld({ ...smallWorld, seed: 7, trace: true })
    const second = await runWorld({ ...smallWorld, seed: 7, trace: true })
    expect(second.trace).toEqual(first.trace)
    expect(second).toEqual(first)
    expect(first.fills).toBeGreaterThan(0)
  })

  it('another seed is another world', async () => {
    const [one, other] = [await runWorld(smallWorld), await runWorld({ ...smallWorld, seed: 2 })]
    expect(other.hash).not.toBe(one.hash)
  })
})
