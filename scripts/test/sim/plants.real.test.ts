import { describe, expect, it } from 'vitest'
import { plants, type Plant } from '../../sim/plants/plants.ts'
import type { FaultPlan } from '../../sim/faults/fault-plan.ts'
import { runWorld } from '../../sim/world/world.ts'
import { smallWorld } from './small-world.ts'

type Expected = { readonly rule: string; readonly faults: Partial<FaultPlan> }

/** The rule that each breaks, and the fault that brings it to light, often enough for a small world. */
const expected: { readonly [P in Plant]: Expected } = {
  'drop-fence': { rule: 'an older process is fenced', faults: { replacedNode: 3 } },
  'ack-before-commit': { rule: 'acknowledged ops are kept', faults: { cloudCrash: 12 } },
  'skip-staging-swap': { rule: 'a lookup never sees fewer rows', faults: { shapeForgotten: 4 } },
}

/** The seed whose world shows the plant by the rule it breaks; undefined after `most` seeds. */
async function findPlant(plant: Plant, most: number): Promise<number | undefined> {
  const { rule, faults } = expected[plant]
  for (let seed = 1; seed <= most; seed += 1) {
    const { violations } = await runWorld({ ...smallWorld, seed, plant, faults })
    if (violations.some((found) => found.rule === rule)) return seed
  }
  return undefined
}

describe('a bug planted on purpose', () => {
  for (const plant of plants) {
    it(`${plant} is found within five seeds`, { timeout: 60_000 }, async () => {
      const seed = await findPlant(plant, 5)
      expect(seed).toBeDefined()
      const { faults } = expected[plant]
      const { violations } = await runWorld({ ...smallWorld, seed: seed ?? 0, faults })
      // The same world without the plant is in order: the rule tells them apart.
      expect(violations).toEqual([])
    })
  }
})
