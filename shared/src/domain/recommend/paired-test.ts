import { seededChance } from '../forecast/chance.ts'

/** What a paired comparison found; `p` is two-sided. */
export type PairedResult = {
  readonly pairs: number
  readonly mean: number
  /** Spread of the single differences: what one draw may show. */
  readonly sd: number
  /** Bounds of the mean, 95 %. */
  readonly low: number
  readonly high: number
  readonly p: number
  /** Share of the pairs in which the second is better. */
  readonly better: number
}

const flips = 4_000

/**
 * Paired test by flipping signs: under no effect each difference may as well have the other sign. It
 * asks for no normal distribution, which a difference of hit rates does not have.
 */
export function pairedTest(differences: readonly number[], seed: number): PairedResult {
  const pairs = differences.length
  const mean = meanOf(differences)
  const square = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  const sd = Math.sqrt(square / Math.max(1, pairs - 1))
  const half = (1.96 * sd) / Math.sqrt(Math.max(1, pairs))
  const chance = seededChance(seed)
  let asFar = 1
  for (let flip = 0; flip < flips; flip += 1) {
    const flipped = meanOf(differences.map((one) => (chance() < 0.5 ? -one : one)))
    if (Math.abs(flipped) >= Math.abs(mean) - 1e-12) asFar += 1
  }
  const better = differences.filter((one) => one > 0).length / Math.max(1, pairs)
  return { pairs, mean, sd, low: mean - half, high: mean + half, p: asFar / (flips + 1), better }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)
}
