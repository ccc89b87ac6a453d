/** A mean with its two-sided 95 % confidence limits over replications. */
export type Estimate = { readonly mean: number; readonly low: number; readonly high: number }

/** Student's interval; with one replication there is no interval and the limits are infinite. */
export function meanOf(values: readonly number[]): Estimate {
  const n = values.length
  const mean = average(values)
  if (n < 2) return { mean, low: -Infinity, high: Infinity }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return around(mean, tQuantile(n - 1) * Math.sqrt(variance / n))
}

/** Ratio of the means of pairs, with the jackknife's bias correction and interval. */
export function ratioOf(over: readonly number[], under: readonly number[]): Estimate {
  const n = over.length
  const a = sum(over)
  const b = sum(under)
  if (n < 2) return { mean: a / b, low: -Infinity, high: Infinity }
  const pseudo = over.map((value, i) => {
    const without = (a - value) / (b - (under[i] ?? 0))
    return n * (a / b) - (n - 1) * without
  })
  return meanOf(pseudo)
}

function around(mean: number, half: number): Estimate {
  return { mean, low: mean - half, high: mean + half }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

/** The mean; NaN of nothing. */
export function average(values: readonly number[]): number {
  return sum(values) / values.length
}

/** sorted[floor(q·n)]: the percentile of lanes.md section 4. NaN of nothing. */
export function percentile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN
}

/**
 * The 97.5 % point of Student's t: exact for one and two degrees of freedom, otherwise the
 * expansion of Abramowitz and Stegun 26.7.5, right to 0.5 % at three and better beyond.
 */
export function tQuantile(freedom: number): number {
  if (freedom === 1) return 12.706
  if (freedom === 2) return 4.303
  const z = 1.959964
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ]
  return terms.reduce((t, term, i) => t + term / freedom ** (i + 1), z)
}

/**
 * Probability that |t| of Student's distribution is at least `t`: the finite series for an even
 * number of degrees of freedom (Abramowitz and Stegun 26.7.4), to which `freedom` is rounded down.
 * Fewer than two prove nothing: 1.
 */
export function tTail(t: number, freedom: number): number {
  const even = 2 * Math.floor(freedom / 2)
  if (!(even >= 2)) return 1
  const cosine = even / (even + t * t)
  let term = 1
  let series = 1
  for (let k = 2; k < even; k += 2) {
    term *= (cosine * (k - 1)) / k
    series += term
  }
  return Math.max(0, 1 - Math.sqrt(1 - cosine) * series)
}
