import { err, ok, type Result } from '../../../faults/result.ts'
import type { Instant } from '../../../units/time.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import { describe, type Ask } from '../features/feature-function.ts'
import { planOf, type FeaturePlan } from '../features/feature-plan.ts'
import { rowSetOf, tableOf, type RowSet } from '../pool/training-set.ts'
import { dayMs } from '../series/demand-table.ts'
import { layGrid, type LaidOut } from '../series/lay-grid.ts'
import type { FeatureTable } from '../trees/feature-table.ts'
import {
  demandTables,
  demandTargets,
  quarterMs,
  quartersPerDay,
  quarterStart,
  seriesName,
  usualOf,
  type PerTarget,
  type QuarterCount,
} from './station-demand.ts'
import { coldStart } from './pooled-profile.ts'
import { ownPrior, placeOf, shrunkProfile, type Profile } from './shrunk-profile.ts'

/** What a station knows when it forecasts. */
export type StationPast = {
  readonly station: number
  readonly now: Instant
  /** Recorded quarters, oldest first; at most some months. */
  readonly counts: readonly QuarterCount[]
  /** The model in use; undefined for the fallback. */
  readonly manifest: ModelManifest | undefined
}

/**
 * Rows of features for the model: first the days that have come and can be judged, each as it
 * looked a day before, then the week ahead.
 */
export type WeekQuestion = {
  readonly set: RowSet
  readonly table: FeatureTable
  /** Rows that are judged; those after them are the week, target by target. */
  readonly judged: number
  readonly basis: Basis
  readonly from: Instant
  readonly usual: PerTarget<number>
  /**
   * What the profile says in the place of each row, at a station the model has not learned: there
   * the model has to beat it first.
   */
  readonly pooled: Float64Array | undefined
}

/**
 * What a forecast rests on: a model and seasonal naive need four weeks, a station's own profile
 * three days; the profile of the other stations needs nothing.
 */
export type Basis = 'model' | 'seasonal-naive' | 'shrunk-profile' | 'pooled-profile'

const learnedFromDays = 28
const profileFromDays = 3

export function basisOf(
  recordedQuarters: number,
  manifest: Pick<ModelManifest, 'profile'> | undefined,
): Basis | undefined {
  const days = recordedQuarters / quartersPerDay
  const short = days < learnedFromDays
  if (short && manifest?.profile !== undefined) return 'pooled-profile'
  if (days < profileFromDays) return undefined
  if (short) return 'shrunk-profile'
  return manifest === undefined ? 'seasonal-naive' : 'model'
}

/** Days whose outcomes correct the band; more of them would only take memory. */
const judgedDays = 14
/** Features reach back five weeks; a model judged on less is judged on thin features. */
const warmUpDays = 7

const fallbackPlan: FeaturePlan = planOf({
  ...{ manySeries: true, yearSeen: false, manyLeads: true, covariates: [] },
})

export function weekQuestion(
  past: StationPast,
): Result<WeekQuestion, { readonly code: 'span_too_long' | 'too_short' }> {
  const { station, now, counts, manifest } = past
  const basis = basisOf(counts.length, manifest)
  if (basis === undefined) return err({ code: 'too_short' })
  const usual = usualFor(past)
  const from = quarterStart(now)
  const files = demandTables([{ station, counts, usual }], from)
  const laidOut = layGrid({ ...files, stepMs: quarterMs })
  if (!laidOut.ok) return err({ code: 'span_too_long' })
  const laid = laidOut.value
  const judged = judgedAsks(laid, past)
  const week = laid.future.map(({ series, cell }) => askOf(laid, series, cell))
  const asks = [...judged, ...week]
  const described = describeAll(past, laid, asks)
  const rates = (): Float64Array => profileRates(laid, asks, startProfiles(past, laid, usual))
  const short = basis === 'shrunk-profile' || basis === 'pooled-profile'
  const set = short ? withProfile(described, rates(), judged.length) : described
  const table = tableOf(set, manifest?.recipe.scale ?? 'plain')
  const pooled = basis === 'model' && isStranger(past) ? rates() : undefined
  return ok({ set, table, judged: judged.length, basis, from, usual, pooled })
}

/** The model has not learned from this station, and brings what the others are like. */
function isStranger({ station, manifest }: StationPast): boolean {
  const own = seriesName(station, demandTargets[0])
  return manifest?.profile !== undefined && !manifest.series.some(({ name }) => name === own)
}

/** The rows as the running feature function has them. */
function describeAll(past: StationPast, laid: LaidOut, own: readonly Ask[]): RowSet {
  const plan = past.manifest === undefined ? fallbackPlan : planOf(past.manifest.plan)
  const { first, ...by } = placed(laid, past)
  const rows = {
    series: new Int32Array(own.length),
    at: new Float64Array(own.length),
    target: new Float64Array(own.length),
  }
  const asks = own.map(({ series, cell, until }, row): Ask => {
    const { startMs, values } = laid.grids[series]!
    rows.series[row] = first + series
    rows.at[row] = startMs + cell * quarterMs
    rows.target[row] = values[cell]!
    return { series: first + series, cell, until }
  })
  return rowSetOf(plan, describe({ plan, ...by }, asks), rows)
}

type ProfileAt = (series: number, until: number) => Profile

/** The profile of each series as far as it is known at a cell. */
function startProfiles(
  { manifest }: StationPast,
  { grids }: LaidOut,
  usual: PerTarget<number>,
): ProfileAt {
  return (series, until) => {
    const grid = grids[series]!
    const target = demandTargets[series]!
    const pooled = manifest?.profile?.[target]
    if (pooled === undefined) return shrunkProfile(grid, { until, prior: ownPrior(grid, until) })
    const usualLevel = pooled.usual / usual[target]
    return coldStart(grid, { profile: Float64Array.from(pooled.shape), usualLevel, until })
  }
}

/** What the profiles say of the rows, each by what was known when it was asked; a day at a time. */
function profileRates(
  { grids }: LaidOut,
  asks: readonly Ask[],
  profileAt: ProfileAt,
): Float64Array {
  const made = new Map<string, Profile>()
  return Float64Array.from(asks, ({ series, cell, until }) => {
    const upTo = Math.max(-1, Math.floor((until + 1) / quartersPerDay) * quartersPerDay - 1)
    const key = `${series}/${upTo}`
    const profile = made.get(key) ?? profileAt(series, upTo)
    made.set(key, profile)
    return profile[placeOf(grids[series]!, cell)]!
  })
}

/** The week's rows with the profile in the place of last week, which is not there yet. */
export function withProfile(set: RowSet, rates: Float64Array, judged: number): RowSet {
  const put = (values: Float64Array): Float64Array =>
    values.map((value, row) => (row < judged ? value : rates[row]!))
  return { ...set, naive: put(set.naive), weekdayMean: put(set.weekdayMean) }
}

/** What the model has learned as the usual quarter of this station, or what it has been here. */
function usualFor({ station, counts, manifest }: StationPast): PerTarget<number> {
  const own = usualOf(counts)
  const others = manifest?.profile
  if (others !== undefined && counts.length < profileFromDays * quartersPerDay) {
    const { walkInWork, arrivals, kilograms } = others
    return {
      ...{ walkInWork: walkInWork.usual, arrivals: arrivals.usual },
      kilograms: kilograms.usual,
    }
  }
  const learned = (target: keyof typeof own): number =>
    manifest?.series.find(({ name }) => name === seriesName(station, target))?.usual ?? own[target]
  return {
    walkInWork: learned('walkInWork'),
    arrivals: learned('arrivals'),
    kilograms: learned('kilograms'),
  }
}

/**
 * The station's series at the places where the model has learned them, so that their ranks are the
 * trainer's. A station the model does not know comes after all it does.
 */
function placed(
  { grids }: LaidOut,
  { station, manifest }: StationPast,
): {
  readonly grids: LaidOut['grids']
  readonly usual: readonly number[]
  readonly first: number
} {
  const known = manifest?.series ?? []
  const found = known.findIndex(({ name }) => name === seriesName(station, demandTargets[0]))
  const first = found < 0 ? known.length : found
  const all = Array.from({ length: Math.max(known.length, first + grids.length) }, (_, at) =>
    at >= first && at < first + grids.length ? grids[at - first]! : grids[0]!,
  )
  return { grids: all, usual: all.map((_, at) => known[at]?.level ?? 1), first }
}

/** The newest value a row may use is a day old, and no newer than what was recorded. */
function askOf({ historyEnd }: LaidOut, series: number, cell: number): Ask {
  return { series, cell, until: Math.min(cell - quartersPerDay, historyEnd[series]!) }
}

/**
 * Recorded cells the model has not learned from, each with what was known a day before. An outcome
 * counts when it is a day old, as in the backtest.
 */
function judgedAsks(laid: LaidOut, { now, manifest }: StationPast): readonly Ask[] {
  const since = Math.max(now - judgedDays * dayMs, manifest?.trainedToMs ?? 0)
  return laid.grids.flatMap((grid, series) => {
    const first = Math.ceil((since - grid.startMs) / quarterMs)
    const asks: Ask[] = []
    const aDayAgo = Math.floor((now - dayMs - grid.startMs) / quarterMs)
    const end = Math.min(laid.historyEnd[series]!, aDayAgo)
    for (let cell = Math.max(first, warmUpDays * quartersPerDay); cell <= end; cell += 1) {
      if (!Number.isNaN(grid.values[cell]!)) {
        asks.push({ series, cell, until: cell - quartersPerDay })
      }
    }
    return asks
  })
}
