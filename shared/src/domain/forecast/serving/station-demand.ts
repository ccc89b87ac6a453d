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
  return {
    walkInWork: usualValue(counts, 'walkInWork'),
    arrivals: usualValue(counts, 'arrivals'),
    kilograms: usualValue(counts, 'kilograms'),
  }
}

/** The same of one target. */
export function usualValue(counts: readonly QuarterCount[], target: DemandTarget): number {
  let sum = 0
  for (const count of counts) sum += valueOf(count, target)
  return Math.max(least, sum / Math.max(1, counts.length))
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
  const parts = stations.flatMap(({ station, counts, usual }) => {
    const starts = new Float64Array(counts.length)
    for (let at = 0; at < starts.length; at += 1) starts[at] = counts[at]!.start
    return demandTargets.map((target): Part => {
      const values = new Float64Array(counts.length)
      const scale = usual[target]
      for (let at = 0; at < values.length; at += 1)
        values[at] = valueOf(counts[at]!, target) / scale
      return { name: seriesName(station, target), starts, values }
    })
  })
  const starts = Float64Array.from(ahead)
  const values = new Float64Array(ahead.length).fill(Number.NaN)
  return {
    history: tableOf(parts),
    future: tableOf(parts.map(({ name }) => ({ name, starts, values }))),
  }
}

type Part = {
  readonly name: string
  readonly starts: Float64Array
  readonly values: Float64Array
}

function tableOf(parts: readonly Part[]): DemandTable {
  const rows = parts.reduce((sum, { starts }) => sum + starts.length, 0)
  const table = {
    series: parts.map(({ name }) => name),
    seriesOf: new Int32Array(rows),
    at: new Float64Array(rows),
    offsetMinutes: new Int16Array(rows).fill(offsetMinutes),
    value: new Float64Array(rows),
    covariates: [],
  }
  let from = 0
  parts.forEach(({ starts, values }, series) => {
    table.seriesOf.fill(series, from, from + starts.length)
    table.at.set(starts, from)
    table.value.set(values, from)
    from += starts.length
  })
  return table
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
  let sum = 0
  for (const one of vehicleClasses) sum += walkIns[one] * classMilliMinutes[one]
  return sum / 1e3
}
