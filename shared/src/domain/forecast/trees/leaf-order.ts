/** The `share` quantile of the values by weight: the least one with that share at or below it. */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array,
  share: number,
): number {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
  let total = 0
  for (const weight of weights) total += weight
  let below = 0
  for (const at of order) {
    below += weights[at]!
    if (below >= share * total) return values[at]!
  }
  return values[order[order.length - 1]!] ?? 0
}
