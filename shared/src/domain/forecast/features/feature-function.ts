import { cellDaysBefore, type SeriesGrid } from '../series/series-grid.ts'
import type { FeatureTable } from '../trees/feature-table.ts'
import type { FeaturePlan } from './feature-plan.ts'
import { dayOfYear, localTime } from './local-calendar.ts'
import { pastOfCell, type CellAsked } from './row-features.ts'

/** A cell to describe, as it looks when nothing after `until` is known. */
export type Ask = {
  readonly series: number
  readonly cell: number
  /** Last cell whose value may be used; at least a day before the cell. */
  readonly until: number
}

export type Described = {
  /** Values in the target's unit. */
  readonly table: FeatureTable
  readonly level: Float64Array
  readonly naive: Float64Array
  /** Mean of the same weekday and slot over four weeks, or the naive value. */
  readonly weekdayMean: Float64Array
}

export type DescribeBy = {
  readonly plan: FeaturePlan
  readonly grids: readonly SeriesGrid[]
  /** Usual value of each series in its history; above zero. */
  readonly usual: readonly number[]
}

/**
 * The one feature function: trainer and edge call it, so that a model reads at the station what it
 * has learned from. All lags of a row are at least its lead old.
 */
export function describe({ plan, grids, usual }: DescribeBy, asks: readonly Ask[]): Described {
  const rows = asks.length
  const cells = new Float32Array(plan.names.length * rows)
  const level = new Float64Array(rows)
  const naive = new Float64Array(rows)
  const weekdayMean = new Float64Array(rows)
  const ranks = ranksOf(usual)
  const features = new Float64Array(plan.names.length)
  for (let row = 0; row < rows; row += 1) {
    const ask = asks[row]!
    const grid = grids[ask.series]!
    const leadDays = leadDaysOf(grid, ask)
    const known = { grid, until: ask.until }
    const asked = { known, cell: ask.cell, leadDays, usual: usual[ask.series]! }
    const past = pastOfCell(asked, features)
    level[row] = past.level
    naive[row] = past.naive
    weekdayMean[row] = Number.isNaN(past.weekdayMean) ? past.naive : past.weekdayMean
    features[17] = past.dayRatio
    putOthers(plan, { ...asked, rank: ranks[ask.series]! }, features)
    for (let feature = 0; feature < features.length; feature += 1) {
      cells[feature * rows + row] = features[feature]!
    }
  }
  return { table: { names: plan.names, rows, cells }, level, naive, weekdayMean }
}

/** Whole days from the last known cell to the cell asked for, from 1. */
export function leadDaysOf(
  grid: Pick<SeriesGrid, 'stepMs'>,
  { cell, until }: Pick<Ask, 'cell' | 'until'>,
): number {
  return Math.max(1, Math.ceil(((cell - until) * grid.stepMs) / 86_400_000 - 1e-9))
}

type AskedWithRank = CellAsked & { readonly rank: number }

/**
 * What is known of a cell beside the past of its series: after the seventeen value features and the
 * ratio of days, in the order of the plan's names.
 */
function putOthers(plan: FeaturePlan, asked: AskedWithRank, into: Float64Array): void {
  const { known, cell, leadDays, usual, rank } = asked
  const time = localTime(known.grid, cell)
  const turn = 2 * Math.PI * time.dayShare
  into[18] = time.slot
  into[19] = time.weekday
  into[20] = 24 * (time.weekday + time.dayShare)
  into[21] = Math.sin(turn)
  into[22] = Math.cos(turn)
  let at = 23
  if (plan.yearSeen) into[at++] = dayOfYear(time)
  if (plan.manyLeads) into[at++] = leadDays
  if (plan.manySeries) {
    into[at++] = rank
    into[at++] = usual
  }
  if (plan.covariates.length > 0) putCovariates(plan, asked, into.subarray(at))
}

function putCovariates(
  plan: FeaturePlan,
  { known: { grid }, cell, leadDays }: CellAsked,
  into: Float64Array,
): void {
  const told = { grid, until: cell }
  const week = 7 * Math.ceil(leadDays / 7)
  let at = 0
  for (const { column, lagged } of plan.covariates) {
    const values = grid.covariates[column]
    into[at++] = values?.[cell] ?? Number.NaN
    if (!lagged) continue
    into[at++] = values?.[cellDaysBefore(told, cell, leadDays)] ?? Number.NaN
    into[at++] = values?.[cellDaysBefore(told, cell, week)] ?? Number.NaN
  }
}

/** Place of each series when they are sorted by their usual value. */
function ranksOf(usual: readonly number[]): readonly number[] {
  const order = usual.map((_, at) => at).sort((a, b) => usual[a]! - usual[b]! || a - b)
  const ranks = new Array<number>(usual.length).fill(0)
  order.forEach((series, rank) => {
    ranks[series] = rank
  })
  return ranks
}

/** The table with the features of the target's unit divided by the level of their row. */
export function divideByLevel(
  { table, level }: Pick<Described, 'table' | 'level'>,
  ofTarget: readonly boolean[],
): FeatureTable {
  const cells = table.cells.slice()
  for (let feature = 0; feature < table.names.length; feature += 1) {
    if (ofTarget[feature] !== true) continue
    const start = feature * table.rows
    for (let row = 0; row < table.rows; row += 1) {
      cells[start + row] = cells[start + row]! / level[row]!
    }
  }
  return { ...table, cells }
}
