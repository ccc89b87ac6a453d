import type { BinnedTable } from './bins.ts'
import type { Histogram } from './histogram.ts'

export type Split = {
  readonly feature: number
  /** Bins 1 … `bin` go left. */
  readonly bin: number
  readonly missingLeft: boolean
  readonly gain: number
}

export type SplitRules = {
  /** Added to the curvature of a side; keeps small leaves near zero. */
  readonly l2: number
  /** Least curvature of a side; for losses of curvature one it is the least number of rows. */
  readonly hessianMin: number
}

type Totals = { readonly gradient: number; readonly hessian: number }

/** The split of greatest gain, or none that has any. */
export function bestSplit(
  table: BinnedTable,
  { histogram, features, totals }: SplitOf,
  rules: SplitRules,
): Split | undefined {
  let best: Split | undefined
  for (const feature of features) {
    const found = bestOfFeature(table, { histogram, feature, totals }, rules)
    if (found !== undefined && found.gain > (best?.gain ?? 0)) best = found
  }
  return best
}

export type SplitOf = {
  readonly histogram: Histogram
  readonly features: Int32Array
  readonly totals: Totals
}

function bestOfFeature(
  table: BinnedTable,
  { histogram, feature, totals }: Omit<SplitOf, 'features'> & { readonly feature: number },
  { l2, hessianMin }: SplitRules,
): Split | undefined {
  const first = table.offsets[feature]!
  const lastBin = table.offsets[feature + 1]! - first - 1
  const missingG = histogram[2 * first]!
  const missingH = histogram[2 * first + 1]!
  const someMissing = missingH > 1e-9
  const parentScore = (totals.gradient * totals.gradient) / (totals.hessian + l2)
  let gain = 1e-9
  let bin = -1
  let missingLeft = false
  let leftG = 0
  let leftH = 0
  for (let at = 1; at < lastBin + 1; at += 1) {
    const place = 2 * (first + at)
    leftG += histogram[place]!
    leftH += histogram[place + 1]!
    const rightG = totals.gradient - leftG
    const rightH = totals.hessian - leftH
    if (leftH >= hessianMin && rightH >= hessianMin) {
      const here = (leftG * leftG) / (leftH + l2) + (rightG * rightG) / (rightH + l2) - parentScore
      if (here > gain) {
        gain = here
        bin = at
        // Unseen missing values follow the heavier side.
        missingLeft = someMissing ? false : leftH > rightH
      }
    }
    if (!someMissing || at === lastBin) continue
    const bothG = leftG + missingG
    const bothH = leftH + missingH
    const restG = totals.gradient - bothG
    const restH = totals.hessian - bothH
    if (bothH < hessianMin || restH < hessianMin) continue
    const here = (bothG * bothG) / (bothH + l2) + (restG * restG) / (restH + l2) - parentScore
    if (here > gain) {
      gain = here
      bin = at
      missingLeft = true
    }
  }
  return bin < 0 ? undefined : { feature, bin, missingLeft, gain }
}
