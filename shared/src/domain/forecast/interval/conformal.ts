/** A band around a centre before it is corrected; its sides may reach below zero. */
export type RawBand = {
  readonly centre: Float64Array
  /** Centre less the raw lower quantile; above zero. */
  readonly down: Float64Array
  /** Raw upper quantile less the centre; above zero. */
  readonly up: Float64Array
  readonly median: Float64Array
}

/** By how much each side of the band is stretched. */
export type Stretch = { readonly down: number; readonly up: number }

/** Rows with their outcome. */
export type Outcome = RawBand & { readonly actual: Float64Array }

const sideShare = 0.9
const coverMax = 0.85
const coverMin = 0.78

/**
 * Split conformal with the position in the band as score: a tenth of the outcomes shall lie below
 * and a tenth above. Counts near zero cannot miss below zero, so the upper side is then set closer,
 * down to 87 %, until the band as a whole covers at most 85 %.
 */
export function stretchOf(outcome: Outcome): Stretch {
  const { actual, centre, down, up } = outcome
  if (actual.length === 0) return { down: 1, up: 1 }
  const below = new Float64Array(actual.length)
  const above = new Float64Array(actual.length)
  for (let row = 0; row < actual.length; row += 1) {
    below[row] = (centre[row]! - actual[row]!) / down[row]!
    above[row] = (actual[row]! - centre[row]!) / up[row]!
  }
  below.sort()
  above.sort()
  const stretch = { down: quantileOf(below, sideShare), up: quantileOf(above, sideShare) }
  let best = stretch
  const cover = coverOf(outcome, stretch)
  if (cover <= coverMax && cover >= coverMin) return best
  for (let step = 1; step <= 6; step += 1) {
    const share = cover > coverMax ? sideShare - 0.005 * step : sideShare + 0.005 * step
    best = {
      down: cover > coverMax ? stretch.down : quantileOf(below, share),
      up: quantileOf(above, share),
    }
    const here = coverOf(outcome, best)
    if (here <= coverMax && here >= coverMin) break
  }
  return best
}

/** Share of the outcomes in the band as `bandOf` makes it, which a station asks some hundred times. */
function coverOf({ actual, centre, down, up, median }: Outcome, stretch: Stretch): number {
  let inside = 0
  for (let row = 0; row < actual.length; row += 1) {
    const y = actual[row]!
    const bottom = centre[row]! - stretch.down * down[row]!
    const top = centre[row]! + stretch.up * up[row]!
    if (y >= Math.max(0, Math.min(median[row]!, bottom)) && y <= Math.max(median[row]!, top)) {
      inside += 1
    }
  }
  return inside / actual.length
}

/** The corrected band: never negative, never crossing its median. */
export function bandOf(
  { centre, down, up, median }: RawBand,
  stretch: Stretch,
): { readonly low: Float64Array; readonly high: Float64Array } {
  const low = new Float64Array(centre.length)
  const high = new Float64Array(centre.length)
  for (let row = 0; row < centre.length; row += 1) {
    const bottom = centre[row]! - stretch.down * down[row]!
    low[row] = Math.max(0, Math.min(median[row]!, bottom))
    high[row] = Math.max(median[row]!, centre[row]! + stretch.up * up[row]!)
  }
  return { low, high }
}

/** With the finite-sample correction of split conformal prediction. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = Math.ceil(share * (sorted.length + 1)) - 1
  return sorted[Math.max(0, Math.min(sorted.length - 1, place))] ?? 1
}

/** Outcomes in the order of their time, of which the latest make the next correction. */
export type TimedOutcome = Outcome & { readonly at: Float64Array }

/** Rows of a band by number. */
export function pickBand(band: RawBand, rows: readonly number[]): RawBand {
  const pick = (from: Float64Array): Float64Array => {
    const out = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at += 1) out[at] = from[rows[at]!]!
    return out
  }
  return {
    centre: pick(band.centre),
    down: pick(band.down),
    up: pick(band.up),
    median: pick(band.median),
  }
}

/** Rows of a band that follow one another, without copying. */
export function sliceBand(
  { centre, down, up, median }: RawBand,
  from: number,
  to: number,
): RawBand {
  return {
    centre: centre.subarray(from, to),
    down: down.subarray(from, to),
    up: up.subarray(from, to),
    median: median.subarray(from, to),
  }
}
