/** Forecasts of one member of the pool, row by row. */
export type Member = { readonly name: string; readonly forecast: Float64Array }

export type Loss = (actual: ArrayLike<number>, forecast: ArrayLike<number>) => number

/** So many picks give weights in steps of a twentieth. */
const picks = 20

/**
 * Weights of the members whose mean has the least loss, by greedy picks with replacement (Caruana
 * and others, "Ensemble selection from libraries of models", 2004). A member that never helps gets
 * no weight; where one is best alone, it gets all.
 */
export function chooseWeights(
  members: readonly Member[],
  actual: Float64Array,
  loss: Loss,
): ReadonlyMap<string, number> {
  const sum = new Float64Array(actual.length)
  const mean = new Float64Array(actual.length)
  const counts = new Map<string, number>()
  let best: { readonly loss: number; readonly weights: ReadonlyMap<string, number> } | undefined
  for (let pick = 1; pick <= picks; pick += 1) {
    let least = Number.POSITIVE_INFINITY
    let next = members[0]
    for (const member of members) {
      for (let row = 0; row < sum.length; row += 1) {
        mean[row] = (sum[row]! + member.forecast[row]!) / pick
      }
      const here = loss(actual, mean)
      if (here < least) {
        least = here
        next = member
      }
    }
    if (next === undefined) break
    for (let row = 0; row < sum.length; row += 1) sum[row] = sum[row]! + next.forecast[row]!
    counts.set(next.name, (counts.get(next.name) ?? 0) + 1)
    if (best === undefined || least < best.loss)
      best = { loss: least, weights: shares(counts, pick) }
  }
  return best?.weights ?? new Map()
}

function shares(counts: ReadonlyMap<string, number>, total: number): ReadonlyMap<string, number> {
  return new Map([...counts].map(([name, count]) => [name, count / total]))
}

/** The weighted mean of the members. */
export function weighted(
  members: readonly Member[],
  weights: ReadonlyMap<string, number>,
): Float64Array {
  const out = new Float64Array(members[0]?.forecast.length ?? 0)
  for (const { name, forecast } of members) {
    const weight = weights.get(name) ?? 0
    if (weight === 0) continue
    for (let row = 0; row < out.length; row += 1) out[row] = out[row]! + weight * forecast[row]!
  }
  return out
}
