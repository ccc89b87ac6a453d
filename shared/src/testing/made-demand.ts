import { seededChance } from '../domain/forecast/chance.ts'
import { quarterMs, type QuarterCount } from '../domain/forecast/serving/station-demand.ts'
import { poissonQuantile } from '../domain/forecast/serving/walk-in-work.ts'
import { grams } from '../units/mass.ts'
import { istDayStart } from '../units/ist-calendar.ts'
import { dayNumber, instant, type Instant } from '../units/time.ts'

/** A Monday in IST. */
export const firstQuarter: Instant = istDayStart(dayNumber(20_093))

/** Vehicles a quarter by the hour of the day, two peaks; Sundays have half. */
const hourly = [
  ...[0, 0, 0, 0, 0, 2, 4, 6, 7, 7, 5, 4, 4, 4, 5, 5, 6, 7, 8, 8, 6, 4, 2, 0],
] as const

/** Expected vehicles of the n-th quarter from `firstQuarter` on. */
export function expectedVehicles(n: number): number {
  const sunday = Math.floor(n / 96) % 7 === 6
  return (hourly[Math.floor((n % 96) / 4)] ?? 0) * (sunday ? 0.5 : 1)
}

/** Counts as a station would record them, Poisson around what is expected; 45 % have booked. */
export function madeDemand(days: number, seed = 1): readonly QuarterCount[] {
  const chance = seededChance(seed)
  return Array.from({ length: 96 * days }, (_, n) => {
    const mean = expectedVehicles(n)
    const walkIns = mean === 0 ? 0 : poissonQuantile(0.55 * mean, chance())
    const booked = mean === 0 ? 0 : poissonQuantile(0.45 * mean, chance())
    const auto = Math.round(walkIns * 0.55)
    return {
      start: instant(firstQuarter + n * quarterMs),
      walkIns: { auto, car: walkIns - auto, lcv: 0, bus: 0 },
      arrivals: walkIns + booked,
      delivered: grams(Math.round((walkIns + booked) * 6_000 * (0.8 + 0.4 * chance()))),
    }
  })
}
