import { headDrivers } from '@baari/hardware/simulators/head-families'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildEdge } from '../bootstrap/builds.mjs'
import { runKills } from '../chaos/kills.ts'

describe('a node killed in its starts and in the middle of its fills', () => {
  beforeAll(() => buildEdge())

  it(
    'P01 over every protocol: two kills each, half of them power cuts: no gram lost, nothing authorised or redeemed twice, no flow restarted',
    { timeout: 600_000 },
    async () => {
      const lines: string[] = []
      const result = await runKills({
        ...{ kills: 2 * headDrivers.length, seed: 42, positions: 2, parallel: 2 },
        drivers: headDrivers,
        say: (line) => void lines.push(line),
      })
      expect(result.failures, lines.join('\n')).toEqual([])
      expect(result).toMatchObject({ faults: 2 * headDrivers.length, lost: 0, doubled: 0 })
      expect(result.restarted).toBe(0)
      expect(result.settled).toBeGreaterThan(0)
    },
  )
})
