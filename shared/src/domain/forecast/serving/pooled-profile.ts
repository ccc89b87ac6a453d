import type { PooledShape } from '../bundle/model-manifest.ts'
import type { SeriesGrid } from '../series/series-grid.ts'
import { placeOf, shrunkProfile, slotsPerDay, type Profile } from './shrunk-profile.ts'
import {
  demandTargets,
  type DemandTarget,
  type PerTarget,
  type StationCounts,
} from './station-demand.ts'

/**
 * Weekday × slot profile of many stations with mean 1: each station counts by its own level, so that
 * a large one does not set the shape alone. Slots nobody has recorded are 1.
 */
export function pooledProfile(grids: readonly SeriesGrid[]): Profile {
  const perDay = slotsPerDay(grids[0] ?? { stepMs: 3_600_000 })
  const sums = new Float64Array(7 * perDay)
  const counts = new Float64Array(7 * perDay)
  for (const grid of grids) {
    const level = meanOf(grid.values)
    if (!(level > 0)) continue
    grid.values.forEach((value, cell) => {
      if (Number.isNaN(value)) return
      const place = placeOf(grid, cell)
      sums[place] = sums[place]! + value / level
      counts[place] = counts[place]! + 1
    })
  }
  return sums.map((sum, place) => (counts[place]! > 0 ? sum / counts[place]! : 1))
}

/** The profiles of many stations and the mean of what is usual there, for a station without a past. */
export function pooledShapes(
  /** Series by series of each station, in parts of their usual quarter. */
  grids: readonly SeriesGrid[],
  stations: readonly Pick<StationCounts, 'usual'>[],
): PerTarget<PooledShape> {
  const shapeOf = (target: DemandTarget): PooledShape => {
    const place = demandTargets.indexOf(target)
    const own = grids.filter((_, at) => at % demandTargets.length === place)
    const sum = stations.reduce((total, { usual }) => total + usual[target], 0)
    // Four digits are more than a mean of some weeks is worth, and a manifest is not long.
    const shape = [...pooledProfile(own)].map((share) => Math.round(1e4 * share) / 1e4)
    return { usual: sum / stations.length, shape }
  }
  return {
    walkInWork: shapeOf('walkInWork'),
    arrivals: shapeOf('arrivals'),
    kilograms: shapeOf('kilograms'),
  }
}

/**
 * What a new station starts with: the profile of the others times its level. The level is a
 * Gamma-Poisson estimate too: what stations of its kind have, worth two weeks, and what it has had.
 * @returns usual value by weekday and slot, corrected by the station's own past up to `until`
 */
export function coldStart(
  grid: SeriesGrid,
  { profile, usualLevel, until }: ColdStartFrom,
): Profile {
  const own = grid.values
    .subarray(0, Math.max(0, until + 1))
    .filter((value) => !Number.isNaN(value))
  const prior = 14 * slotsPerDay(grid) * priorPull
  const sum = own.reduce((total, value) => total + value, 0)
  const level = (prior * usualLevel + sum) / (prior + own.length)
  return shrunkProfile(grid, { until, prior: profile.map((share) => share * level) })
}

export type ColdStartFrom = {
  readonly profile: Profile
  /** Mean level of the stations known so far. */
  readonly usualLevel: number
  /** Last cell of the station's own past. */
  readonly until: number
}

/** Stations differ far more in level than in shape: a day of its own outweighs the others' level. */
const priorPull = 0.05

function meanOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
}
