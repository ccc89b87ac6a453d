/**
 * The smallest sample that at least `share` of all samples do not exceed (nearest rank): p99 of a
 * hundred samples is the 99th. Undefined of nothing.
 */
export function percentile(samples: readonly number[], share: number): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** Middle value; the mean of the two middle ones of an even count. Undefined of nothing. */
export function median(samples: readonly number[]): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  const [below, above] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.floor(sorted.length / 2)],
  ]
  return below === undefined || above === undefined ? undefined : (below + above) / 2
}

export type Spread = { readonly median: number; readonly low: number; readonly high: number }

/** Median with the least and the greatest of the rounds. */
export function spreadOf(rounds: readonly number[]): Spread {
  const middle = median(rounds)
  if (middle === undefined) throw new Error('a spread needs at least one round')
  return { median: middle, low: Math.min(...rounds), high: Math.max(...rounds) }
}
