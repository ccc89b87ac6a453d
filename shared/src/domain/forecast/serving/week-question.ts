import { err, ok, type Result } from '../../../faults/result.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import { describe, type Ask } from '../features/feature-function.ts'
import { planOf, type FeaturePlan } from '../features/feature-plan.ts'
import { rowSetOf, tableOf, type RowSet } from '../pool/training-set.ts'
import type { LaidOut } from '../series/lay-grid.ts'
import type { FeatureTable } from '../trees/feature-table.ts'
import { filledIn, keptPlaces, type KeptRows } from './kept-rows.ts'
import {
  demandTargets,
  quarterMs,
  quartersPerDay,
  seriesName,
  type PerTarget,
} from './station-demand.ts'
import { coldStart } from './pooled-profile.ts'
import { ownPrior, placeOf, shrunkProfile, type Profile } from './shrunk-profile.ts'
import { profileFromDays, weekAsks, type StationPast, type WeekAsks } from './week-asks.ts'

/**
 * Rows of features for the model: first the days that have come and can be judged, each as it
 * looked a day before, then the week ahead, target by target.
 */
export type WeekQuestion = WeekAsks & {
  readonly set: WeekRows
  /** The rows the model has to be asked: all of them, where nothing is kept of an earlier week. */
  readonly asked: RowSet
  /** The same as the model takes them. */
  readonly table: FeatureTable
  /** What is kept, and where each row lies in it. */
  readonly kept: { readonly rows: KeptRows; readonly places: Int32Array } | undefined
  readonly basis: Basis
  /**
   * What the profile says in the place of each row, at a station the model has not learned: there
   * the model has to beat it first.
   */
  readonly pooled: Float64Array | undefined
}

/** What the week needs to know of its rows, beside what the model says of them. */
export type WeekRows = Pick<RowSet, 'series' | 'at' | 'target' | 'naive' | 'weekdayMean'>

/**
 * What a forecast rests on: a model and seasonal naive need four weeks, a station's own profile
 * three days; the profile of the other stations needs nothing.
 */
export type Basis = 'model' | 'seasonal-naive' | 'shrunk-profile' | 'pooled-profile'

const learnedFromDays = 28

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

const fallbackPlan: FeaturePlan = planOf({
  ...{ manySeries: true, yearSeen: false, manyLeads: true, covariates: [] },
})

/**
 * @param keptRows of an earlier week by the same program and model, at the same station: what it still
 *   says to the bit is not made again
 */
export function weekQuestion(
  past: StationPast,
  keptRows?: KeptRows,
): Result<WeekQuestion, { readonly code: 'span_too_long' | 'too_short' }> {
  const { counts, manifest } = past
  const basis = basisOf(counts.length, manifest)
  if (basis === undefined) return err({ code: 'too_short' })
  const laidOut = weekAsks(past)
  if (!laidOut.ok) return laidOut
  const week = laidOut.value
  const { laid, asks, judged, usual } = week
  const kept = basis === 'model' && keptRows ? keptOf(keptRows, week) : undefined
  const described = describeAll(past, laid, kept === undefined ? asks : notIn(kept, asks))
  const rates = (): Float64Array => profileRates(laid, asks, startProfiles(past, laid, usual))
  const asked = restsOnProfile(basis) ? withProfile(described, rates(), judged) : described
  const set = kept ? { ...placesOf(past, laid, asks), ...keptColumns(kept, asked) } : asked
  const table = tableOf(asked, manifest?.recipe.scale ?? 'plain')
  const pooled = basis === 'model' && isStranger(past) ? rates() : undefined
  return ok({ ...week, set, asked, table, kept, basis, pooled })
}

function restsOnProfile(basis: Basis): boolean {
  return basis === 'shrunk-profile' || basis === 'pooled-profile'
}

type Kept = NonNullable<WeekQuestion['kept']>

function keptOf(rows: KeptRows, week: WeekAsks): Kept {
  return { rows, places: keptPlaces(rows, week) }
}

function notIn({ places }: Kept, asks: readonly Ask[]): readonly Ask[] {
  return asks.filter((_, row) => places[row]! < 0)
}

function keptColumns(
  { rows, places }: Kept,
  fresh: RowSet,
): Pick<WeekRows, 'naive' | 'weekdayMean'> {
  return {
    naive: filledIn(places, rows.naive, fresh.naive),
    weekdayMean: filledIn(places, rows.weekdayMean, fresh.weekdayMean),
  }
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
  const asks = own.map(({ series, ...ask }) => ({ series: first + series, ...ask }))
  return rowSetOf(plan, describe({ plan, ...by }, asks), placesOf(past, laid, own))
}

/** Which row is which, and what came of it. */
function placesOf(
  past: StationPast,
  { grids }: LaidOut,
  asks: readonly Ask[],
): Pick<WeekRows, 'series' | 'at' | 'target'> {
  const first = firstPlace(past)
  const rows = {
    series: new Int32Array(asks.length),
    at: new Float64Array(asks.length),
    target: new Float64Array(asks.length),
  }
  asks.forEach(({ series, cell }, row) => {
    const { startMs, values } = grids[series]!
    rows.series[row] = first + series
    rows.at[row] = startMs + cell * quarterMs
    rows.target[row] = values[cell]!
  })
  return rows
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
export function withProfile<Rows extends Pick<WeekRows, 'naive' | 'weekdayMean'>>(
  set: Rows,
  rates: Float64Array,
  judged: number,
): Rows {
  const put = (values: Float64Array): Float64Array =>
    values.map((value, row) => (row < judged ? value : rates[row]!))
  return { ...set, naive: put(set.naive), weekdayMean: put(set.weekdayMean) }
}

/**
 * The station's series at the places where the model has learned them, so that their ranks are the
 * trainer's. A station the model does not know comes after all it does.
 */
function placed(
  { grids }: LaidOut,
  past: StationPast,
): {
  readonly grids: LaidOut['grids']
  readonly usual: readonly number[]
  readonly first: number
} {
  const known = past.manifest?.series ?? []
  const first = firstPlace(past)
  const all = Array.from({ length: Math.max(known.length, first + grids.length) }, (_, at) =>
    at >= first && at < first + grids.length ? grids[at - first]! : grids[0]!,
  )
  return { grids: all, usual: all.map((_, at) => known[at]?.level ?? 1), first }
}

function firstPlace({ station, manifest }: StationPast): number {
  const known = manifest?.series ?? []
  const found = known.findIndex(({ name }) => name === seriesName(station, demandTargets[0]))
  return found < 0 ? known.length : found
}
