import { describe, expect, it } from 'vitest'
import { plants, type Plant } from '../../sim/plants/plants.ts'
import { runWorld } from '../../sim/world/world.ts'
import { smallWorld } from './small-world.ts'

const rules: { readonly [P in Plant]: string } = {
  'drop-fence': 'an older process is fenced',
  'ack-before-commit': 'acknowledged ops are kept',
  'skip-staging-swap': 'a lookup never sees fewer rows',
}

/** The seed whose world shows the plant by the rule it breaks; undefined after `most` seeds. */
async function findPlant(plant: Plant, most: number): Promise<number | undefined> {
  for (let seed = 1; seed <= most; seed += 1) {
    const { violations } = await runWorld({ ...smallWorld, seed, plant })
    if (violations.some(({ rule }) => rule === rules[plant])) return seed
  }
  return undefined
}

describe('a bug planted on purpose', () => {
  for (const plant of plants) {
    it(`${plant} is found within 200 seeds`, { timeout: 1_200_000 }, async () => {
      const seed = await findPlant(plant, 200)
      expect(seed).toBeDefined()
      const { violations } = await runWorld({ ...smallWorld, seed: seed ?? 0 })
      // The same world without the plant is in order: the rule tells them apart.
      expect(violations).toEqual([])
    })
  }
})
