import { seededChance } from '../../forecast/chance.ts'

export const ladder = ['weighted-score', 'logit', 'boosted'] as const
export type LadderStep = (typeof ladder)[number]

/** Mean fall of the loss per choice, its lower 80 % bound, and whether that is above nothing. */
export type Gain = { readonly mean: number; readonly low: number; readonly passes: boolean }

const resamples = 400

/**
 * Whether one ranking tells choices better than another: paired losses of the same choices, resampled
 * by whole blocks (drivers); nine of ten resamples must show a gain.
 */
export function gainOver(
  before: readonly number[],
  now: readonly number[],
  { blocks, seed }: { readonly blocks: readonly string[]; readonly seed: number },
): Gain {
  const sums = new Map<string, { fall: number; count: number }>()
  before.forEach((loss, at) => {
    const block = blocks[at] ?? ''
    const own = sums.get(block) ?? { fall: 0, count: 0 }
    sums.set(block, { fall: own.fall + loss - now[at]!, count: own.count + 1 })
  })
  const parts = [...sums.values()]
  const chance = seededChance(seed)
  const drawn = Array.from({ length: resamples }, () =>
    meanFall(parts.map(() => parts[Math.floor(chance() * parts.length)]!)),
  ).sort((a, b) => a - b)
  const low = drawn[Math.floor(0.1 * resamples)] ?? 0
  return { mean: meanFall(parts), low, passes: low > 0 }
}

function meanFall(parts: readonly { readonly fall: number; readonly count: number }[]): number {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  return count === 0 ? 0 : parts.reduce((sum, part) => sum + part.fall, 0) / count
}
