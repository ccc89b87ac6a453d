import { vehicleClasses, type VehicleClass } from '../../../units/names.ts'
import { instant, type Instant } from '../../../units/time.ts'
import type { Grams } from '../../../units/mass.ts'
import { classMilliMinutes } from '../../slots/booked-work.ts'
import type { DemandTable } from '../series/demand-table.ts'

/** The step of every forecast of a station. */
export const quarterMs = 900_000
export const quartersPerDay = 96
/** A week of quarter hours. */
export const horizonQuarters = 672

export function quarterStart(at: Instant): Instant {
  return instant(Math.floor(at / quarterMs) * quarterMs)
}

/**
 * What is forecast, each a series of its own. The classes are parted afterwards: a bus comes so
 * seldom that a series of its own says nothing.
 */
export const demandTargets = ['walkInWork', 'arrivals', 'kilograms'] as const
export type DemandTarget = (typeof demandTargets)[number]
export type PerTarget<T> = Readonly<Record<DemandTarget, T>>

/** One recorded quarter hour; a quarter that was not recorded has no row: unknown, not zero. */
export type QuarterCount = {
  readonly start: Instant
  /** Vehicles that came without a booking. */
  readonly walkIns: Readonly<Record<VehicleClass, number>>
  /** All vehicles that came. */
  readonly arrivals: number
  /** Gas of the fills that ended. */
  readonly delivered: Grams
}

/** India has one zone and no summer time. */
const offsetMinutes = 330
export const offsetMs = offsetMinutes * 60_000

export const quartersPerWeek = 7 * quartersPerDay

/** Quarter of the local week, Monday's first is 0. */
export function localTimeOfWeek(at: Instant): number {
  // 1970-01-01 was a Thursday.
  const quarters = Math.floor((at + offsetMs) / quarterMs) + 3 * quartersPerDay
  return ((quarters % quartersPerWeek) + quartersPerWeek) % quartersPerWeek
}

/** Name of a station's series in a model of many stations. */
export function seriesName(station: number, target: DemandTarget): string {
  return `${station}/${target}`
}

/** Mean of each target over the recorded quarters, above zero: what a series is measured in. */
export function usualOf(counts: readonly QuarterCount[]): PerTarget<number> {
  const mean = (target: DemandTarget): number => {
    const sum = counts.reduce((total, count) => total + valueOf(count, target), 0)
    return Math.max(least, sum / Math.max(1, counts.length))
  }
  return {
    walkInWork: mean('walkInWork'),
    arrivals: mean('arrivals'),
    kilograms: mean('kilograms'),
  }
}

/** A closed month must not make every later car a thousand usual ones. */
const least = 0.01

/** The counts of one station, in parts of the usual quarter hour. */
export type StationCounts = {
  readonly station: number
  readonly counts: readonly QuarterCount[]
  readonly usual: PerTarget<number>
}

/** The counts of stations as series, and the quarter hours to forecast after them. */
export function demandTables(
  stations: readonly StationCounts[],
  from: Instant,
): { readonly history: DemandTable; readonly future: DemandTable } {
  const ahead = Array.from({ length: horizonQuarters }, (_, n) => instant(from + n * quarterMs))
  const parts = stations.flatMap(({ station, counts, usual }) =>
    demandTargets.map((target) => ({
      name: seriesName(station, target),
      starts: counts.map(({ start }) => start),
      values: counts.map((count) => valueOf(count, target) / usual[target]),
    })),
  )
  return {
    history: tableOf(parts),
    future: tableOf(parts.map(({ name }) => ({ name, starts: ahead, values: ahead.map(unknown) }))),
  }
}

const unknown = (): number => Number.NaN

type Part = {
  readonly name: string
  readonly starts: readonly Instant[]
  readonly values: readonly number[]
}

function tableOf(parts: readonly Part[]): DemandTable {
  const seriesOf = parts.flatMap(({ starts }, series) => starts.map(() => series))
  return {
    series: parts.map(({ name }) => name),
    seriesOf: Int32Array.from(seriesOf),
    at: Float64Array.from(parts.flatMap(({ starts }) => starts)),
    offsetMinutes: new Int16Array(seriesOf.length).fill(offsetMinutes),
    value: Float64Array.from(parts.flatMap(({ values }) => values)),
    covariates: [],
  }
}

/**
 * Value of a target in one quarter: work-minutes by the usual class minutes, vehicles, kilograms.
 * What a class takes at this station scales the work afterwards, so that the series stays one.
 */
export function valueOf(
  { walkIns, arrivals, delivered }: QuarterCount,
  target: DemandTarget,
): number {
  if (target === 'arrivals') return arrivals
  if (target === 'kilograms') return delivered / 1e3
  return vehicleClasses.reduce((sum, one) => sum + walkIns[one] * classMilliMinutes[one], 0) / 1e3
}
