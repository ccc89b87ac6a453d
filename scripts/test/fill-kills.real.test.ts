import { describe, expect, it } from 'vitest'
import { runFillKills } from '../chaos/fill-kills.ts'

describe('a node killed in the middle of its fills', () => {
  it(
    'P01: six kills, half of them power cuts: no gram lost, nothing authorised or redeemed twice',
    { timeout: 300_000 },
    async () => {
      const lines: string[] = []
      const say = (line: string): void => void lines.push(line)
      const result = await runFillKills({ count: 6, seed: 42, positions: 2, say })
      expect(result.failures, lines.join('\n')).toEqual([])
      expect(result).toMatchObject({ faults: 6, lost: 0, doubled: 0 })
      expect(result.settled).toBeGreaterThan(0)
    },
  )
})
