import { vehicleClasses, type VehicleClass } from '../../../units/names.ts'
import { after, instant, minutes, type Instant } from '../../../units/time.ts'
import { milliMinutes, type MilliMinutes } from '../../../units/work.ts'
import { classMilliMinutes } from '../../slots/booked-work.ts'
import type { ClassMinutes } from '../../slots/class-minutes.ts'
import type { WalkInForecast } from '../../slots/walk-in-forecast.ts'
import { quarterMs, type QuarterCount } from './station-demand.ts'
import type { QuarterBand } from './target-forecast.ts'
import type { WeekForecast } from './week-forecast.ts'

/** Share of each class among the walk-ins, together 1. */
export type ClassShares = Readonly<Record<VehicleClass, number>>

/** Shares of a city station (lanes.md section 4), worth fifty vehicles of the own past. */
const usualShares: ClassShares = { auto: 0.5, car: 0.4, lcv: 0.08, bus: 0.02 }
const usualWorth = 50

export function classSharesOf(counts: readonly QuarterCount[]): ClassShares {
  const seen = (one: VehicleClass): number =>
    counts.reduce((sum, { walkIns }) => sum + walkIns[one], 0)
  const all = vehicleClasses.reduce((sum, one) => sum + seen(one), 0)
  const share = (one: VehicleClass): number =>
    (seen(one) + usualWorth * usualShares[one]) / (all + usualWorth)
  return { auto: share('auto'), car: share('car'), lcv: share('lcv'), bus: share('bus') }
}

/** What a walk-in of these shares takes on average. */
function meanMinutes(shares: ClassShares, minutesOf: ClassMinutes): number {
  return vehicleClasses.reduce((sum, one) => sum + shares[one] * minutesOf[one], 0)
}

/** How long a forecast counts as fresh: it is made anew every quarter hour. */
const freshFor = minutes(60)

/**
 * The week's walk-in work for the cap of the slots. The model forecasts by the usual class minutes;
 * what classes take at this station scales it. Quantiles nothing stands behind yet are not told: the
 * cap then reckons with the mean.
 */
export function capForecast(
  { from, quarters, calibrated }: WeekForecast,
  by: { readonly shares: ClassShares; readonly learned: ClassMinutes; readonly madeAt: Instant },
): WalkInForecast {
  const ratio = meanMinutes(by.shares, by.learned) / meanMinutes(by.shares, classMilliMinutes)
  const work = (value: number): MilliMinutes => milliMinutes(Math.ceil(1_000 * ratio * value))
  return {
    freshUntil: after(by.madeAt, freshFor),
    quarters: quarters.walkInWork.map(({ mean, q50, q90 }, n) => ({
      start: instant(from + n * quarterMs),
      q50: work(calibrated ? q50 : mean),
      q90: work(calibrated ? Math.max(q50, q90) : mean),
    })),
  }
}

/**
 * Work of one class, in minutes by this station's class minutes: its part of the walk-ins, whose
 * number in a quarter scatters as a Poisson count does. A series of its own would be mostly zero.
 */
export function classWork(
  { mean }: QuarterBand,
  vehicleClass: VehicleClass,
  { shares, learned }: { readonly shares: ClassShares; readonly learned: ClassMinutes },
): QuarterBand {
  const vehicles = (1e3 * mean) / meanMinutes(shares, classMilliMinutes)
  const expected = vehicles * shares[vehicleClass]
  const each = learned[vehicleClass] / 1e3
  const at = (share: number): number => each * poissonQuantile(expected, share)
  return { mean: each * expected, q10: at(0.1), q50: at(0.5), q90: at(0.9) }
}

const countMax = 1_000

/** The least count that at least this share of the outcomes does not pass. */
export function poissonQuantile(mean: number, share: number): number {
  let chance = Math.exp(-mean)
  let below = chance
  let count = 0
  while (below < share && count < countMax) {
    count += 1
    chance *= mean / count
    below += chance
  }
  return count
}

/** The coming hours as a screen shows them; a band of sums is the sum of the bands, the widest. */
export type HourAhead = {
  readonly start: Instant
  readonly expected: number
  readonly low: number
  readonly high: number
}

const quartersPerHour = 4

/** Vehicles expected in each of the coming hours, from the quarter that runs now. */
export function arrivalsAhead(
  { from, quarters }: WeekForecast,
  { now, hours }: { readonly now: Instant; readonly hours: number },
): readonly HourAhead[] {
  const first = Math.max(0, Math.floor((now - from) / quarterMs))
  const { arrivals } = quarters
  const count = Math.min(hours, Math.floor((arrivals.length - first) / quartersPerHour))
  return Array.from({ length: Math.max(0, count) }, (_, hour) => {
    const at = first + hour * quartersPerHour
    const own = arrivals.slice(at, at + quartersPerHour)
    const sum = (of: (band: QuarterBand) => number): number =>
      Math.round(own.reduce((total, band) => total + of(band), 0))
    return {
      start: instant(from + at * quarterMs),
      expected: sum(({ mean }) => mean),
      low: sum(({ q10 }) => q10),
      high: sum(({ q90 }) => q90),
    }
  })
}
