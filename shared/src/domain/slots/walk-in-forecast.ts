import { grams, type Grams } from '../../units/mass.ts'
import { slotMs } from '../../units/ist-calendar.ts'
import { instant, type Instant } from '../../units/time.ts'
import { milliMinutes, perMille, shareOf, type MilliMinutes } from '../../units/work.ts'

/** A quarter of an hour of walk-in work, as the forecaster tells it. */
export type QuarterForecast = {
  /** Start of the quarter; a multiple of 15 minutes. */
  readonly start: Instant
  /**
   * Median and 90 % quantile of the work walk-ins will bring in it. A forecaster whose quantiles are
   * not calibrated yet puts its mean in both: the cap then reckons with the mean.
   */
  readonly q50: MilliMinutes
  readonly q90: MilliMinutes
}

/** What the capacity of a cell needs to know of walk-ins; absent where nobody forecasts. */
export type WalkInForecast = {
  /** From here it is stale and counts as absent. */
  readonly freshUntil: Instant
  readonly quarters: readonly QuarterForecast[]
}

/** Walk-in work of a cell (W60); undefined where no fresh forecast says anything. */
export type WalkInWork = (cellStart: Instant) => MilliMinutes | undefined

const quarterMs = 3 * slotMs
const cellsPerQuarter = 3
/** P60 lies a fifth of the way from the median to the 90 % quantile (lanes.md section 3). */
const sixtiethBetween = perMille(200)

export const noWalkInWork: WalkInWork = () => undefined

/** W60 of each cell: a third of its quarter's P60 = q50 + 0.20·(q90 − q50), rounded up. */
export function walkInWorkOf(forecast: WalkInForecast | null, now: Instant): WalkInWork {
  if (forecast === null || now >= forecast.freshUntil) return noWalkInWork
  const byStart = new Map(forecast.quarters.map((quarter) => [quarter.start, quarter]))
  return (cellStart) => {
    const quarter = byStart.get(instant(Math.floor(cellStart / quarterMs) * quarterMs))
    return quarter && milliMinutes(Math.ceil(p60Of(quarter) / cellsPerQuarter))
  }
}

/** Quantiles that cross are the forecaster's fault: the larger one is believed. */
function p60Of({ q50, q90 }: QuarterForecast): number {
  return q50 + shareOf(Math.max(0, q90 - q50), sixtiethBetween)
}

/** Mean fill and mean service of the vehicles of a city station (lanes.md section 4). */
const meanGrams = 7_600
const meanMilliMinutes = 4_180

/** Gas that this much walk-in work takes, rounded up. */
export function walkInGas(work: MilliMinutes): Grams {
  return grams(Math.ceil((work * meanGrams) / meanMilliMinutes))
}
