import { err, ok, type Result } from '../../../faults/result.ts'
import { seededChance, type Chance } from '../chance.ts'
import { describe, type Ask, type DescribeBy } from '../features/feature-function.ts'
import { planFeatures, type FeaturePlan } from '../features/feature-plan.ts'
import { rowSetOf, type RowSet } from '../pool/training-set.ts'
import { layGrid, type DemandFiles, type LaidOut } from '../series/lay-grid.ts'
import { cellsOfDays } from '../series/series-grid.ts'

export type Prepared = {
  readonly laid: LaidOut
  readonly plan: FeaturePlan
  /** Rows of the history with a known value, sorted by time. */
  readonly training: RowSet
  /** Rows to forecast, in the order of the file. */
  readonly future: RowSet
  /** Mean known value over all series. */
  readonly usual: number
  /** Usual value of each series, as its features have it. */
  readonly levels: readonly number[]
  /** Counts, not measures: every value is whole. */
  readonly whole: boolean
}

/** The first week of a series has no week behind it; a model that learned from it would blur. */
const warmUpDays = 7

/**
 * Files as rows of features. A row of the history is described as it looked at the lead the future
 * has, so that the model learns at the distance it will be used.
 */
export function prepare(
  files: DemandFiles,
  seed: number,
): Result<Prepared, { readonly code: 'span_too_long'; readonly cells: number }> {
  const laidOut = layGrid(files)
  if (!laidOut.ok) return err(laidOut.error)
  const laid = laidOut.value
  const futureAsks = laid.future.map(({ series, cell }) => askOf(laid, series, cell))
  const gaps = futureAsks.map(({ cell, until }) => cell - until)
  const trainingAsks = historyAsks(laid, gaps, seededChance(seed))
  const day = gaps.reduce((least, gap) => Math.min(least, gap), Number.POSITIVE_INFINITY)
  const plan = planFeatures({ ...laid, manyLeads: gaps.some((gap) => gap !== day) })
  const usual = usualOf(laid)
  const by = { plan, grids: laid.grids, usual }
  const training = rowsOf(by, trainingAsks)
  const future = rowsOf(by, futureAsks)
  const whole = training.target.every((value) => Number.isInteger(value))
  const mean = meanOf(training.target)
  return ok({ laid, plan, training, future, usual: mean, levels: usual, whole })
}

/** The newest value a row may use is a day old, and no newer than what is known at all. */
function askOf(laid: LaidOut, series: number, cell: number): Ask {
  const day = cellsOfDays(laid.grids[series]!, 1)
  return { series, cell, until: Math.min(cell - day, laid.knownEnd[series]!) }
}

function historyAsks(laid: LaidOut, gaps: readonly number[], chance: Chance): readonly Ask[] {
  const asks: { readonly ask: Ask; readonly at: number }[] = []
  laid.grids.forEach((grid, series) => {
    const day = cellsOfDays(grid, 1)
    const first = grid.values.findIndex((value) => !Number.isNaN(value))
    if (first < 0) return
    const end = laid.historyEnd[series]!
    const long = end - first >= cellsOfDays(grid, 3 * warmUpDays)
    for (let cell = first + (long ? cellsOfDays(grid, warmUpDays) : day); cell <= end; cell += 1) {
      if (Number.isNaN(grid.values[cell]!)) continue
      const gap = Math.max(day, gaps[Math.floor(chance() * gaps.length)] ?? day)
      // A lead that reaches before the series teaches nothing; a day's lead always does.
      const until = cell - gap > first ? cell - gap : cell - day
      asks.push({ ask: { series, cell, until }, at: grid.startMs + cell * grid.stepMs })
    }
  })
  return asks.sort((a, b) => a.at - b.at || a.ask.series - b.ask.series).map(({ ask }) => ask)
}

function rowsOf(by: DescribeBy, asks: readonly Ask[]): RowSet {
  const described = describe(by, asks)
  return rowSetOf(by.plan, described, {
    series: Int32Array.from(asks, ({ series }) => series),
    at: Float64Array.from(asks, ({ series, cell }) => {
      const { startMs, stepMs } = by.grids[series]!
      return startMs + cell * stepMs
    }),
    target: Float64Array.from(asks, ({ series, cell }) => by.grids[series]!.values[cell]!),
  })
}

/** Mean value of each series in its history; one without a history gets that of the others. */
function usualOf({ grids, historyEnd }: LaidOut): readonly number[] {
  const means = grids.map(({ sums, counts }, series) => {
    const end = historyEnd[series]! + 1
    const known = counts[end] ?? 0
    return known > 0 ? sums[end]! / known : Number.NaN
  })
  const given = means.filter((mean) => mean > 0)
  const others = given.length > 0 ? meanOf(Float64Array.from(given)) : 1
  return means.map((mean) => (mean > 0 ? mean : others))
}

function meanOf(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
