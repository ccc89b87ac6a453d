/** A band that was told of a series, and what came. */
export type ToldBand = {
  /** Bands of one series have outcomes of one kind: vehicles, minutes of work, kilograms. */
  readonly series: string
  readonly actual: number
  readonly low: number
  readonly high: number
}

/** The shares that shall lie at most up to the ends of a band of 80 %. */
const lowShare = 0.1
const highShare = 0.9

/**
 * Share of the outcomes in their bands where outcomes come in steps. A quantile q of a count holds
 * P(Y < q) ≤ share ≤ P(Y ≤ q): the step it lies on is seldom wholly needed, and where few vehicles come
 * the right band of 80 % covers 90 and more, zeros of the night above all. So of the outcomes on the last
 * step in a band only so many count as brings the share up to its end to what it should be, none of them
 * at least and all at most. That is the randomised probability integral transform of Czado, Gneiting and
 * Held ("Predictive model assessment for count data", 2009) at the two ends, without drawing, and needs no
 * distribution: only the bands and what came.
 *
 * What came in a series says which steps there are. Bands of a series that begin and end on the same
 * steps are looked at together, so that a night never makes up for a day. Without steps each outcome is
 * its own, and the share is the plain one. Where all that came lies on the one step a band holds, as at
 * night, it was certain and says nothing of bands: it is left out.
 * @returns 0 to 1; 0.8 where nothing says anything
 */
export function stepCover(bands: readonly ToldBand[]): number {
  let inside = 0
  let judged = 0
  for (const own of bySeries(bands).values()) {
    const steps = stepsOf(own)
    for (const alike of byEnds(own, steps)) {
      const { told, belowLow, upToLow, belowHigh, upToHigh } = alike
      if (alike.holdsOneStep && belowLow === 0 && upToHigh === told) continue
      const held = within(belowHigh, upToHigh, highShare * told)
      inside += held - within(belowLow, upToLow, lowShare * told)
      judged += told
    }
  }
  return judged === 0 ? highShare - lowShare : inside / judged
}

function within(least: number, most: number, wanted: number): number {
  return Math.max(least, Math.min(most, wanted))
}

function bySeries(bands: readonly ToldBand[]): ReadonlyMap<string, readonly ToldBand[]> {
  const out = new Map<string, ToldBand[]>()
  for (const band of bands) {
    const own = out.get(band.series)
    if (own === undefined) out.set(band.series, [band])
    else own.push(band)
  }
  return out
}

type Steps = {
  /** What came, each value once, rising. */
  readonly values: Float64Array
  /** The least distance between two of them: what lies further out is no step that came. */
  readonly gap: number
}

function stepsOf(bands: readonly ToldBand[]): Steps {
  const values = Float64Array.from(new Set(bands.map(({ actual }) => actual))).sort()
  let gap = Number.POSITIVE_INFINITY
  for (let at = 1; at < values.length; at += 1) gap = Math.min(gap, values[at]! - values[at - 1]!)
  return { values, gap }
}

/** Bands that begin and end on the same steps: how many, and how many outcomes lie at their ends. */
type Alike = {
  readonly holdsOneStep: boolean
  told: number
  belowLow: number
  upToLow: number
  belowHigh: number
  upToHigh: number
}

function byEnds(bands: readonly ToldBand[], steps: Steps): Iterable<Alike> {
  const out = new Map<number, Alike>()
  for (const { actual, low, high } of bands) {
    const { first, last } = endsOf(steps, low, high)
    const key = first * (steps.values.length + 2) + last
    const alike = out.get(key) ?? {
      ...{ holdsOneStep: first === last, told: 0 },
      ...{ belowLow: 0, upToLow: 0, belowHigh: 0, upToHigh: 0 },
    }
    // An end beyond all steps has none on it.
    const [least, greatest] = [steps.values[first] ?? low, steps.values[last] ?? high]
    alike.told += 1
    alike.belowLow += actual < least ? 1 : 0
    alike.upToLow += actual <= least ? 1 : 0
    alike.belowHigh += actual < greatest ? 1 : 0
    alike.upToHigh += actual <= greatest ? 1 : 0
    out.set(key, alike)
  }
  return out.values()
}

/** The first and the last step in a band by their numbers; −1 and their count lie beyond them. */
function endsOf(
  { values, gap }: Steps,
  low: number,
  high: number,
): { readonly first: number; readonly last: number } {
  const beyond = values.length
  const isBelowAll = low <= values[0]! - gap
  const isAboveAll = high >= values[beyond - 1]! + gap
  return {
    first: isBelowAll ? -1 : countBelow(values, low),
    last: isAboveAll ? beyond : countUpTo(values, high) - 1,
  }
}

/** How many of the rising values are at most the limit. */
function countUpTo(values: Float64Array, limit: number): number {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (values[middle]! <= limit) from = middle + 1
    else to = middle
  }
  return from
}

function countBelow(values: Float64Array, limit: number): number {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (values[middle]! < limit) from = middle + 1
    else to = middle
  }
  return from
}
