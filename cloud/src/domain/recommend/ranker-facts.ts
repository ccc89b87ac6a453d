import { firstSpeeds, type SpeedBook } from '@baari/shared/domain/eta/offline-eta'
import type { Offers, Ratings } from '@baari/shared/domain/recommend/slots/slot-features'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** What is known of a station beside its windows; learned each night. */
export type StationFacts = {
  readonly ratings: Ratings
  readonly offers: Offers
  /** Nine in ten hours bring at most so many vehicles a position, by hour of the week; or unknown. */
  readonly loadQ90: readonly number[] | undefined
}

export type RankerFacts = {
  readonly stations: Readonly<Record<number, StationFacts>>
  /** Share of all offers that were taken. */
  readonly meanShare: number
  /** Share of the showings that end with a slot that was shown. */
  readonly takeShare: number
  readonly speeds: SpeedBook
}

/** One of the three or four places is taken about every second time, until it is counted. */
const usualTake = 0.5
const usualMean = 0.2

export const firstFacts: RankerFacts = {
  ...{ stations: {}, meanShare: usualMean, takeShare: usualTake, speeds: firstSpeeds },
}

export function stationFactsOf({ stations, meanShare }: RankerFacts, no: StationNo): StationFacts {
  const nothing = { taken: 0, offered: 0, mean: meanShare }
  return stations[no] ?? { ratings: { sum: 0, count: 0 }, offers: nothing, loadQ90: undefined }
}

/** Hour of the IST week, 0 … 167; day 0 of the calendar was a Thursday. */
export function hourOfWeek(at: Instant): number {
  const day = istDay(at)
  return ((day + 4) % 7) * 24 + Math.floor((at - istDayStart(day)) / 3_600_000)
}

const z90 = 1.2816

type Told = {
  readonly ratings: Ratings
  readonly offered: number
  readonly taken: number
  readonly arrivals: ReadonlyMap<number, number>
  readonly workingPositions: number
}

/** Facts of a station from what it told in `weeks` weeks. */
export function factsFrom(told: Told, mean: number, weeks: number): StationFacts {
  const { ratings, taken, offered } = told
  return { ratings, offers: { taken, offered, mean }, loadQ90: loadOf(told, weeks) }
}

/**
 * The 90 % quantile of an hour's vehicles for each position. Each hour's rate is pulled towards the
 * station's mean by one week (Gamma-Poisson), and counts spread like Poisson's at least.
 */
function loadOf({ arrivals, workingPositions }: Told, weeks: number): StationFacts['loadQ90'] {
  const all = [...arrivals.values()].reduce((sum, count) => sum + count, 0)
  if (all === 0 || workingPositions === 0) return undefined
  const mean = all / weeks / 168
  return Array.from({ length: 168 }, (_, hour) => {
    const rate = ((arrivals.get(hour) ?? 0) + mean) / (weeks + 1)
    return Math.round(((rate + z90 * Math.sqrt(rate)) / workingPositions) * 100) / 100
  })
}

/** Shares are pulled towards the usual by twenty. */
export function shrunkShare(taken: number, of: number, usual: number): number {
  return (taken + 20 * usual) / (of + 20)
}

export const usualShares = { mean: usualMean, take: usualTake } as const
