import { logNormalFactor } from '../dispatch/service-times.ts'
import type { QuarterCount } from '../forecast/serving/station-demand.ts'
import { quarterMs } from '../forecast/serving/station-demand.ts'
import { usualFill } from '../slots/usual-fill.ts'
import { grams } from '../../units/mass.ts'
import { vehicleClasses, type VehicleClass } from '../../units/names.ts'
import { instant, type Instant } from '../../units/time.ts'
import { streamsOf, type RunSeed } from './chance.ts'
import { wishersOf, type TwoPeakDay } from './two-peak-day.ts'

/** Load of each weekday against the mean, from Monday. */
const weekdayFactors = [1, 0.95, 0.95, 1, 1.1, 1.15, 0.85]
/** Days differ from their weekday by so much, and nobody knows it before. */
const dayVariation = 0.1

/**
 * The n-th day of a station whose weekdays differ and whose days swing: what a forecast has to find
 * out. The mean load is that of the day given.
 */
export function busyDay(day: TwoPeakDay, n: number, seed: RunSeed): TwoPeakDay {
  const streams = streamsOf({ seed: seed.seed + 7_919 * (n + 1), replication: seed.replication })
  const swing = logNormalFactor(dayVariation, streams('forecast'))
  return { ...day, load: day.load * (weekdayFactors[n % 7] ?? 1) * swing }
}

/** The seed of the n-th day, so that its vehicles are the same under every cap. */
export function seedOfDay(n: number, { seed, replication }: RunSeed): RunSeed {
  return { seed, replication: replication * 10_000 + n }
}

/**
 * What the station records of a day from its midnight `start` on: those who would not book come as
 * walk-ins at the time they wish, the others count among the arrivals.
 */
export function recordedDay(
  day: TwoPeakDay,
  { start, seed }: { readonly start: Instant; readonly seed: RunSeed },
): readonly QuarterCount[] {
  const wishers = wishersOf(day, seed)
  return Array.from({ length: 96 }, (_, quarter) => {
    const own = wishers.filter(({ wish }) => Math.floor(wish / quarterMs) === quarter)
    const walkIns = own.filter(({ wantsBooking }) => !wantsBooking)
    const count = (one: VehicleClass): number =>
      walkIns.filter(({ vehicleClass }) => vehicleClass === one).length
    const delivered = own.reduce((sum, { vehicleClass }) => sum + usualFill[vehicleClass], 0)
    const [auto, car, lcv, bus] = vehicleClasses.map(count)
    return {
      start: instant(start + quarter * quarterMs),
      walkIns: { auto: auto ?? 0, car: car ?? 0, lcv: lcv ?? 0, bus: bus ?? 0 },
      arrivals: own.length,
      delivered: grams(delivered),
    }
  })
}
