/** A count that may have been held down: what came, who was turned away, whether slots were full. */
export type CensoredCount = {
  readonly came: number
  /** Searches for this quarter that ended without a booking because nothing was free. */
  readonly unmet: number
  /** Every slot was sold: more may have wanted to come than is known. */
  readonly full: boolean
  /** What is usual at this time, above zero. */
  readonly expected: number
}

/**
 * The demand behind a count. Unmet requests are demand. Where slots were full the count is only a
 * lower bound, and what stands for it is the mean of a Poisson count of the usual size that is at
 * least as large (right-censored); a full quarter without searches is no zero.
 */
export function demandBehind({ came, unmet, full, expected }: CensoredCount): number {
  const known = came + unmet
  return full ? meanAtLeast(expected, known) : known
}

const termsMax = 2_000

/** E[N | N ≥ least] of a Poisson count: mean · P(N ≥ least − 1) / P(N ≥ least). */
function meanAtLeast(mean: number, least: number): number {
  const from = Math.ceil(least)
  if (from <= 0) return mean
  const above = tail(mean, from)
  // So far above the usual that the sum vanishes: the count itself is the best that is known.
  return above < 1e-12 ? least : Math.max(least, (mean * tail(mean, from - 1)) / above)
}

/** P(N ≥ from) of a Poisson count. */
function tail(mean: number, from: number): number {
  let chance = Math.exp(-mean)
  let below = 0
  for (let count = 0; count < Math.min(from, termsMax); count += 1) {
    below += chance
    chance *= mean / (count + 1)
  }
  return Math.max(0, 1 - below)
}
