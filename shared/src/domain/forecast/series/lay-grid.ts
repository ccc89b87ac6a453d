import { assert } from '../../../faults/assert.ts'
import { err, ok, type Result } from '../../../faults/result.ts'
import { clearHoles, clearImplausible, limitsOf, type Cleaned } from './clean-values.ts'
import { columnValue, covariateColumns, type CovariateColumn } from './covariate-columns.ts'
import type { DemandTable } from './demand-table.ts'
import {
  lastCell,
  offsetsOf,
  onlyOffset,
  placed,
  putValues,
  type PlacedRows,
} from './placed-rows.ts'
import { runningSums, type SeriesGrid } from './series-grid.ts'
import { phaseOf, stepMsOf } from './time-step.ts'

/** All series of a file on their grids, and where the rows of the future lie. */
export type LaidOut = {
  readonly stepMs: number
  readonly columns: readonly CovariateColumn[]
  readonly grids: readonly SeriesGrid[]
  /** Last cell of each grid that the history speaks of; −1 for a series of the future only. */
  readonly historyEnd: readonly number[]
  /** Last cell with a known value, actuals included. */
  readonly knownEnd: readonly number[]
  /** By row of the future: its grid and its cell. */
  readonly future: readonly { readonly series: number; readonly cell: number }[]
  readonly cleaned: Cleaned & { readonly duplicate: number }
}

export type DemandFiles = {
  readonly history: DemandTable
  readonly future: DemandTable
  readonly actuals?: DemandTable
  /** The step where it is known; without it the most frequent gap of the history. */
  readonly stepMs?: number
}

/** More empty cells than this for each row mean a time stamp is wrong by years. */
const cellsPerRowMax = 200
const cellsFree = 2_000_000

/** Rows of one series in each of the tables, by number. */
type SeriesRows = {
  readonly history: number[]
  readonly future: number[]
  readonly actuals: number[]
}
const parts = ['history', 'future', 'actuals'] as const

/**
 * Lays history, future and actuals out on even grids. Of two rows for one cell the later in the
 * file counts; a value between two cells counts at the next one, so that it is never used early,
 * and a row to forecast between two cells is one of the cell before.
 */
export function layGrid(
  files: DemandFiles,
): Result<LaidOut, { readonly code: 'span_too_long'; readonly cells: number }> {
  const { history, future, actuals } = files
  const stepMs = files.stepMs ?? stepMsOf([history])
  const columns = covariateColumns(history)
  const names = [...new Set([...history.series, ...future.series])]
  const rows = rowsBySeries(names, files)
  const spans = rows.map((own) => spanOf(files, own, stepMs))
  const cells = spans.reduce((sum, span) => sum + span.cells, 0)
  const given = history.at.length + future.at.length + (actuals?.at.length ?? 0)
  if (cells > cellsFree + cellsPerRowMax * given) return err({ code: 'span_too_long', cells })
  const offset = onlyOffset([history, future])
  const laid = names.map((name, at) =>
    layOne({ name, files, rows: rows[at]!, span: spans[at]! }, { stepMs, offset, columns }),
  )
  const places = new Map(names.map((name, at) => [name, at]))
  const futureCells = Array.from(future.at, (at, row) => {
    const series = places.get(future.series[future.seriesOf[row]!]!)
    assert(series !== undefined, 'every series of the future has a grid')
    const { startMs } = laid[series]!.grid
    return { series, cell: Math.floor((at - startMs) / stepMs) }
  })
  const count = (key: keyof (typeof laid)[number]['cleaned']): number =>
    laid.reduce((sum, { cleaned }) => sum + cleaned[key], 0)
  return ok({
    stepMs,
    columns,
    grids: laid.map(({ grid }) => grid),
    historyEnd: laid.map(({ historyEnd }) => historyEnd),
    knownEnd: laid.map(({ knownEnd }) => knownEnd),
    future: futureCells,
    cleaned: {
      negative: count('negative'),
      outlier: count('outlier'),
      hole: count('hole'),
      duplicate: count('duplicate'),
    },
  })
}

function rowsBySeries(names: readonly string[], files: DemandFiles): readonly SeriesRows[] {
  const places = new Map(names.map((name, at) => [name, at]))
  const out = names.map((): SeriesRows => ({ history: [], future: [], actuals: [] }))
  for (const part of parts) {
    const table = files[part]
    if (table === undefined) continue
    const ofPart = table.series.map((name) => out[places.get(name) ?? -1]?.[part])
    for (let row = 0; row < table.at.length; row += 1) ofPart[table.seriesOf[row]!]?.push(row)
  }
  return out
}

type Span = { readonly startMs: number; readonly cells: number }

function spanOf(files: DemandFiles, rows: SeriesRows, stepMs: number): Span {
  const times = parts.map((part) => timesOf(files[part], rows[part]))
  const [history = new Float64Array(0), future = new Float64Array(0)] = times
  const phase = phaseOf(history.length > 0 ? history : future, stepMs)
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const own of times) {
    for (const at of own) {
      if (at < first) first = at
      if (at > last) last = at
    }
  }
  const startMs = Math.floor((first - phase) / stepMs) * stepMs + phase
  return { startMs, cells: Math.ceil((last - startMs) / stepMs) + 1 }
}

function timesOf(table: DemandTable | undefined, rows: readonly number[]): Float64Array {
  const times = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at += 1) times[at] = table!.at[rows[at]!]!
  return times
}

type LayBy = {
  readonly stepMs: number
  readonly offset: number | undefined
  readonly columns: readonly CovariateColumn[]
}

type OneSeries = {
  readonly name: string
  readonly files: DemandFiles
  readonly rows: SeriesRows
  readonly span: Span
}

function layOne(
  { name, files, rows, span }: OneSeries,
  { stepMs, offset, columns }: LayBy,
): {
  readonly grid: SeriesGrid
  readonly historyEnd: number
  readonly knownEnd: number
  readonly cleaned: LaidOut['cleaned']
} {
  const { startMs, cells } = span
  const after = (at: number): number => Math.ceil((at - startMs) / stepMs - 1e-9)
  const before = (at: number): number => Math.floor((at - startMs) / stepMs + 1e-9)
  const history = placed(files.history, rows.history, after)
  const actuals = files.actuals && placed(files.actuals, rows.actuals, after)
  const past = new Float64Array(cells).fill(Number.NaN)
  const duplicate = putValues(past, history)
  const historyEnd = lastCell(history.cells)
  const limits = limitsOf(past)
  const ofPast = clearImplausible(past, limits)
  const hole = clearHoles(past.subarray(0, historyEnd + 1), stepMs)
  const values = new Float64Array(cells).fill(Number.NaN)
  if (actuals !== undefined) putValues(values, actuals)
  const ofActuals = clearImplausible(values, limits)
  for (let cell = 0; cell <= historyEnd; cell += 1) values[cell] = past[cell]!
  const plain = offset !== undefined && columns.length === 0
  const told = (['history', 'future'] as const).flatMap((part) =>
    plain ? [] : [placed(files[part], rows[part], before)],
  )
  const grid = {
    name,
    startMs,
    stepMs,
    values,
    offsetMinutes: plain ? new Int16Array(cells).fill(offset) : offsetsOf(cells, told),
    covariates: columns.map((column) => covariateOf(column, cells, told)),
    ...runningSums(values, { startMs, stepMs }),
  }
  const cleaned = {
    duplicate,
    hole,
    negative: ofPast.negative + ofActuals.negative,
    outlier: ofPast.outlier + ofActuals.outlier,
  }
  const knownEnd = Math.max(historyEnd, actuals === undefined ? -1 : lastCell(actuals.cells))
  return { grid, historyEnd, knownEnd, cleaned }
}

function covariateOf(
  column: CovariateColumn,
  count: number,
  told: readonly PlacedRows[],
): Float32Array {
  const out = new Float32Array(count).fill(Number.NaN)
  for (const { table, rows, cells } of told) {
    const covariate = table.covariates[column.source]
    for (let at = 0; at < rows.length; at += 1) {
      out[cells[at]!] = columnValue(column, covariate, rows[at]!)
    }
  }
  return out
}
