import { shrunkRating } from './slot-features.ts'

export const starsLeast = 1
export const starsMost = 5

/** What a choice counts, by the stars given afterwards: one that was regretted teaches little. */
const counts = [0.2, 0.5, 0.9, 1.2, 1.4] as const

/**
 * Weight of each choice. One without a rating counts as its like is rated on the whole, pulled towards
 * three and a half stars: silence is neither three stars nor content.
 */
export function ratingWeights(stars: readonly (number | undefined)[]): Float64Array {
  const given = stars.filter((one) => one !== undefined)
  const usual = shrunkRating({ sum: given.reduce((sum, one) => sum + one, 0), count: given.length })
  return Float64Array.from(stars, (one) => weightAt(one ?? usual))
}

function weightAt(stars: number): number {
  const at = Math.min(starsMost, Math.max(starsLeast, stars)) - 1
  const low = Math.floor(at)
  const from = counts[low] ?? 1
  return from + (at - low) * ((counts[low + 1] ?? from) - from)
}
