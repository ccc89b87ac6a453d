import { assert } from '../../../faults/assert.ts'
import { err, ok, type Result } from '../../../faults/result.ts'
import { clearHoles, clearImplausible, limitsOf, type Cleaned } from './clean-values.ts'
import { columnValue, covariateColumns, type CovariateColumn } from './covariate-columns.ts'
import type { DemandTable } from './demand-table.ts'
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

type Row = { readonly table: DemandTable; readonly row: number }
type SeriesRows = { readonly history: Row[]; readonly future: Row[]; readonly actuals: Row[] }

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
  const cells = rows.reduce((sum, own) => sum + spanOf(own, stepMs).cells, 0)
  const given = history.at.length + future.at.length + (actuals?.at.length ?? 0)
  if (cells > cellsFree + cellsPerRowMax * given) return err({ code: 'span_too_long', cells })
  const laid = names.map((name, at) => layOne(name, rows[at]!, { stepMs, columns }))
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
  for (const part of ['history', 'future', 'actuals'] as const) {
    const table = files[part]
    if (table === undefined) continue
    for (let row = 0; row < table.at.length; row += 1) {
      const place = places.get(table.series[table.seriesOf[row]!]!)
      if (place !== undefined) out[place]![part].push({ table, row })
    }
  }
  return out
}

const timeOf = ({ table, row }: Row): number => table.at[row]!

function spanOf(
  { history, future, actuals }: SeriesRows,
  stepMs: number,
): { readonly startMs: number; readonly cells: number } {
  const phaseRows = history.length > 0 ? history : future
  const phase = phaseOf(phaseRows.map(timeOf), stepMs)
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const part of [history, future, actuals]) {
    for (const row of part) {
      first = Math.min(first, timeOf(row))
      last = Math.max(last, timeOf(row))
    }
  }
  const startMs = Math.floor((first - phase) / stepMs) * stepMs + phase
  return { startMs, cells: Math.ceil((last - startMs) / stepMs) + 1 }
}

type LayBy = {
  readonly stepMs: number
  readonly columns: readonly CovariateColumn[]
}

function layOne(
  name: string,
  rows: SeriesRows,
  { stepMs, columns }: LayBy,
): {
  readonly grid: SeriesGrid
  readonly historyEnd: number
  readonly knownEnd: number
  readonly cleaned: LaidOut['cleaned']
} {
  const { startMs, cells } = spanOf(rows, stepMs)
  const after = (row: Row): number => Math.ceil((timeOf(row) - startMs) / stepMs - 1e-9)
  const before = (row: Row): number => Math.floor((timeOf(row) - startMs) / stepMs + 1e-9)
  const past = new Float64Array(cells).fill(Number.NaN)
  const duplicate = putValues(past, rows.history, after)
  const historyEnd = rows.history.reduce((end, row) => Math.max(end, after(row)), -1)
  const limits = limitsOf(past)
  const ofPast = clearImplausible(past, limits)
  const hole = clearHoles(past.subarray(0, historyEnd + 1), stepMs)
  const values = new Float64Array(cells).fill(Number.NaN)
  putValues(values, rows.actuals, after)
  const ofActuals = clearImplausible(values, limits)
  for (let cell = 0; cell <= historyEnd; cell += 1) values[cell] = past[cell]!
  const knownEnd = rows.actuals.reduce((end, row) => Math.max(end, after(row)), historyEnd)
  const told = [...rows.history, ...rows.future]
  const grid = {
    name,
    startMs,
    stepMs,
    values,
    offsetMinutes: offsetsOf(cells, told, before),
    covariates: columns.map((column) => covariateOf(column, { cells, told, cellOf: before })),
    ...runningSums(values),
  }
  const cleaned = {
    duplicate,
    hole,
    negative: ofPast.negative + ofActuals.negative,
    outlier: ofPast.outlier + ofActuals.outlier,
  }
  return { grid, historyEnd, knownEnd, cleaned }
}

/** @returns how many rows spoke of a cell that already had a value */
function putValues(
  values: Float64Array,
  rows: readonly Row[],
  cellOf: (row: Row) => number,
): number {
  let duplicate = 0
  for (const row of rows) {
    const value = row.table.value[row.row]!
    const cell = cellOf(row)
    if (Number.isNaN(value)) continue
    if (!Number.isNaN(values[cell]!)) duplicate += 1
    values[cell] = value
  }
  return duplicate
}

/** Cells without a row have the offset of the last one that had. */
function offsetsOf(cells: number, rows: readonly Row[], cellOf: (row: Row) => number): Int16Array {
  const unset = 32_767
  const offsets = new Int16Array(cells).fill(unset)
  for (const row of rows) offsets[cellOf(row)] = row.table.offsetMinutes[row.row]!
  let last = offsets.find((minutes) => minutes !== unset) ?? 0
  for (let cell = 0; cell < cells; cell += 1) {
    if (offsets[cell] === unset) offsets[cell] = last
    else last = offsets[cell]!
  }
  return offsets
}

function covariateOf(
  column: CovariateColumn,
  {
    cells,
    told,
    cellOf,
  }: {
    readonly cells: number
    readonly told: readonly Row[]
    readonly cellOf: (row: Row) => number
  },
): Float32Array {
  const out = new Float32Array(cells).fill(Number.NaN)
  for (const row of told) {
    out[cellOf(row)] = columnValue(column, row.table.covariates[column.source], row.row)
  }
  return out
}
