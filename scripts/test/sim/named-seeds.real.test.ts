import { describe, expect, it } from 'vitest'
import { runWorld, type WorldOptions } from '../../sim/world/world.ts'
import { smallWorld } from './small-world.ts'

type Named = {
  readonly claim: string
  readonly world: Partial<WorldOptions> & { readonly seed: number }
}

/** Worlds that once broke a rule, each with what was wrong in it. */
const named: readonly Named[] = [
  {
    // The exit scanner's op had no rule in the cloud, and its batch was answered 503 for ever.
    claim: 'a vehicle that drives off past an exit scanner does not stop the uplink',
    world: { seed: 1, vehicles: 30 },
  },
]

describe('a seed that once failed', () => {
  for (const { claim, world } of named) {
    it(`${world.seed}: ${claim}`, async () => {
      const { violations } = await runWorld({ ...smallWorld, ...world })
      expect(violations).toEqual([])
    })
  }
})
