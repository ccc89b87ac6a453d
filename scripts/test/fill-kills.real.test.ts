import { headDrivers } from '@baari/hardware/simulators/head-families'
import { describe, expect, it } from 'vitest'
import { runFillKills } from '../chaos/fill-kills.ts'

describe('a node killed in the middle of its fills', () => {
  it.each(headDrivers)(
    'P01 over %s: four kills, half of them power cuts: no gram lost, nothing authorised or redeemed twice',
    { timeout: 300_000 },
    async (driver) => {
      const lines: string[] = []
      const say = (line: string): void => void lines.push(line)
      const result = await runFillKills({ count: 4, seed: 42, positions: 2, driver, say })
      expect(result.failures, lines.join('\n')).toEqual([])
      expect(result).toMatchObject({ faults: 4, lost: 0, doubled: 0 })
      expect(result.settled).toBeGreaterThan(0)
    },
  )
})
