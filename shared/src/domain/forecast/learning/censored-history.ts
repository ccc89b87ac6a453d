import { localTimeOfWeek, quartersPerWeek } from '../serving/station-demand.ts'
import { grams } from '../../../units/mass.ts'
import type { Instant } from '../../../units/time.ts'
import type { QuarterCount } from '../serving/station-demand.ts'
import { demandBehind } from './censored.ts'

/** What the cloud could not sell for one quarter hour. */
export type UnmetQuarter = {
  /** Vehicles that were turned away or waited in vain. */
  readonly unmet: number
  /** Nothing was left to sell. */
  readonly full: boolean
}

export type Unmet = ReadonlyMap<Instant, UnmetQuarter>

/**
 * The counts as they would have been with room for everybody: whoever was turned away counts, and a
 * quarter that was full is a lower bound (forecasting.md section 6, Censoring). Kilograms grow with
 * the vehicles. Walk-ins are left as they are, because nobody turns them away.
 */
export function demandCounts(
  counts: readonly QuarterCount[],
  unmet: Unmet,
): readonly QuarterCount[] {
  if (unmet.size === 0) return counts
  const usual = usualArrivals(counts, unmet)
  const vehicles = counts.reduce((sum, { arrivals }) => sum + arrivals, 0)
  const gas = counts.reduce((sum, { delivered }) => sum + delivered, 0)
  const gramsEach = vehicles > 0 ? gas / vehicles : 0
  return counts.map((count) => {
    const { start, arrivals: came, delivered } = count
    const held = unmet.get(start)
    if (held === undefined) return count
    const expected = usual[localTimeOfWeek(start)]!
    const arrivals = demandBehind({ came, ...held, expected })
    const more = came > 0 ? (delivered * (arrivals - came)) / came : (arrivals - came) * gramsEach
    return { ...count, arrivals, delivered: grams(Math.round(delivered + more)) }
  })
}

/** Mean of each quarter of the week where nothing was held down; the mean of all where it always was. */
function usualArrivals(counts: readonly QuarterCount[], unmet: Unmet): Float64Array {
  const sums = new Float64Array(quartersPerWeek)
  const times = new Float64Array(quartersPerWeek)
  for (const { start, arrivals } of counts) {
    if (unmet.get(start)?.full === true) continue
    const place = localTimeOfWeek(start)
    sums[place] = sums[place]! + arrivals
    times[place] = times[place]! + 1
  }
  const all = sums.reduce((sum, one) => sum + one, 0)
  const mean = Math.max(
    least,
    all /
      Math.max(
        1,
        times.reduce((sum, one) => sum + one, 0),
      ),
  )
  return sums.map((sum, place) => (times[place]! > 0 ? Math.max(least, sum / times[place]!) : mean))
}

/** A censored mean of nothing would never rise. */
const least = 0.05
