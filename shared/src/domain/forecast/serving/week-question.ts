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
import { ownPrior, placeOf, shrunkProfile } from './shrunk-profile.ts'

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
}

/** What a forecast rests on: a model and seasonal naive need four weeks, a profile three days. */
export type Basis = 'model' | 'seasonal-naive' | 'shrunk-profile'

const learnedFromDays = 28
const profileFromDays = 3

export function basisOf(recordedQuarters: number, hasModel: boolean): Basis | undefined {
  const days = recordedQuarters / quartersPerDay
  if (days < profileFromDays) return undefined
  if (days < learnedFromDays) return 'shrunk-profile'
  return hasModel ? 'model' : 'seasonal-naive'
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
  const basis = basisOf(counts.length, manifest !== undefined)
  if (basis === undefined) return err({ code: 'too_short' })
  const usual = usualFor(past)
  const from = quarterStart(now)
  const files = demandTables([{ station, counts, usual }], from)
  const laidOut = layGrid({ ...files, stepMs: quarterMs })
  if (!laidOut.ok) return err({ code: 'span_too_long' })
  const laid = laidOut.value
  const judged = judgedAsks(laid, past)
  const week = laid.future.map(({ series, cell }) => askOf(laid, series, cell))
  const described = describeAll(past, laid, [...judged, ...week])
  const set = basis === 'shrunk-profile' ? withProfile(described, laid, judged.length) : described
  const table = tableOf(set, manifest?.recipe.scale ?? 'plain')
  return ok({ set, table, judged: judged.length, basis, from, usual })
}

/** The rows as the running feature function has them. */
function describeAll(past: StationPast, laid: LaidOut, own: readonly Ask[]): RowSet {
  const plan = past.manifest === undefined ? fallbackPlan : planOf(past.manifest.plan)
  const { first, ...by } = placed(laid, past)
  const asks = own.map((ask) => ({ ...ask, series: first + ask.series }))
  return rowSetOf(plan, describe({ plan, ...by }, asks), {
    series: Int32Array.from(asks, ({ series }) => series),
    at: Float64Array.from(asks, ({ series, cell }) => {
      return by.grids[series]!.startMs + cell * quarterMs
    }),
    target: Float64Array.from(asks, ({ series, cell }) => by.grids[series]!.values[cell]!),
  })
}

/** The week's rows with the shrunk profile in the place of last week, which is not there yet. */
function withProfile(set: RowSet, { grids, historyEnd, future }: LaidOut, judged: number): RowSet {
  const profiles = grids.map((grid, series) => {
    const until = historyEnd[series]!
    return shrunkProfile(grid, { until, prior: ownPrior(grid, until) })
  })
  const naive = set.naive.slice()
  const weekdayMean = set.weekdayMean.slice()
  future.forEach(({ series, cell }, row) => {
    const value = profiles[series]![placeOf(grids[series]!, cell)]!
    naive[judged + row] = value
    weekdayMean[judged + row] = value
  })
  return { ...set, naive, weekdayMean }
}

/** What the model has learned as the usual quarter of this station, or what it has been here. */
function usualFor({ station, counts, manifest }: StationPast): PerTarget<number> {
  const own = usualOf(counts)
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
