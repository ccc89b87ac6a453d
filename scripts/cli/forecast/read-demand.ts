import type { Covariate, DemandTable } from '@baari/shared/domain/forecast/series/demand-table'
import { CsvRefusal } from '../csv/csv-records.ts'
import { isMissing, numberOf, openCsv, type CsvTable } from '../csv/csv-table.ts'
import { isoTime } from '../csv/iso-time.ts'

export type DemandFile = {
  readonly table: DemandTable
  /** The `ts` cells as they stand, for the answer. */
  readonly ts: readonly string[]
}

/** What a file may hold beside series and time. */
export type DemandColumns = {
  readonly value: boolean
  /** The covariates it must have, all of them; without it, whatever stands there. */
  readonly covariates?: readonly Covariate[]
  /** Other columns are passed over instead of refused. */
  readonly othersAllowed?: boolean
}

/** A covariate is numeric when at least this share of its cells are numbers. */
const numericShare = 0.95

/**
 * Reads one of the three demand files.
 * @throws CsvRefusal naming file, line and column of what breaks the contract
 */
export function readDemand(file: string, text: string, columns: DemandColumns): DemandFile {
  const needed = ['series', 'ts', ...(columns.value ? ['value'] : [])]
  const csv = openCsv(file, text, [...needed, ...(columns.covariates ?? []).map((one) => one.name)])
  if (columns.othersAllowed !== true) refuseStrangers(csv, needed, columns.covariates)
  const place = (name: string): number => csv.header.indexOf(name)
  const names = columns.covariates?.map(({ name }) => name)
  const wanted = names ?? csv.header.filter((name) => !needed.includes(name))
  const raw = wanted.map((): string[] => [])
  const rows = new RowColumns(file, { series: place('series'), ts: place('ts') })
  const valueAt = columns.value ? place('value') : -1
  const lines: number[] = []
  for (const record of csv.rows) {
    rows.add(record, valueAt)
    lines.push(record.line)
    wanted.forEach((name, at) => raw[at]!.push(record.cells[place(name)] ?? ''))
  }
  const covariates = wanted.map((name, at) => {
    const known = columns.covariates?.[at]
    const cells = { name, cells: raw[at]!, lines, column: place(name) + 1 }
    return covariateOf(file, cells, known?.kind)
  })
  return { table: { ...rows.done(), covariates }, ts: rows.ts }
}

function refuseStrangers(
  { file, header }: CsvTable,
  needed: readonly string[],
  covariates: readonly Covariate[] | undefined,
): void {
  if (covariates === undefined) return
  const known = [...needed, ...covariates.map(({ name }) => name)]
  const at = header.findIndex((name) => !known.includes(name))
  if (at < 0) return
  const what = `column "${header[at] ?? ''}" does not belong here`
  throw new CsvRefusal(file, { line: 1, column: at + 1, what })
}

/** Series, time and value of the rows, as they come. */
class RowColumns {
  readonly ts: string[] = []
  private readonly names = new Map<string, number>()
  private readonly seriesOf: number[] = []
  private readonly at: number[] = []
  private readonly offsets: number[] = []
  private readonly values: number[] = []
  private readonly file: string
  private readonly places: { readonly series: number; readonly ts: number }

  constructor(file: string, places: { readonly series: number; readonly ts: number }) {
    this.file = file
    this.places = places
  }

  add({ line, cells }: { line: number; cells: readonly string[] }, valueAt: number): void {
    const series = cells[this.places.series] ?? ''
    if (series === '') this.refuse(line, this.places.series, 'the series has no name')
    const ts = cells[this.places.ts] ?? ''
    const time = isoTime(ts)
    if (time === undefined) {
      return this.refuse(line, this.places.ts, `"${ts}" is no ISO-8601 time with offset or Z`)
    }
    const value = valueAt < 0 ? Number.NaN : this.value(cells[valueAt] ?? '', { line, valueAt })
    if (!this.names.has(series)) this.names.set(series, this.names.size)
    this.seriesOf.push(this.names.get(series) ?? 0)
    this.at.push(time.ms)
    this.offsets.push(time.offsetMinutes)
    this.values.push(value)
    this.ts.push(ts)
  }

  done(): Omit<DemandTable, 'covariates'> {
    return {
      series: [...this.names.keys()],
      seriesOf: Int32Array.from(this.seriesOf),
      at: Float64Array.from(this.at),
      offsetMinutes: Int16Array.from(this.offsets),
      value: Float64Array.from(this.values),
    }
  }

  private value(
    cell: string,
    { line, valueAt }: { readonly line: number; readonly valueAt: number },
  ): number {
    if (isMissing(cell)) return Number.NaN
    return numberOf(cell) ?? this.refuse(line, valueAt, `"${cell}" is no number`)
  }

  private refuse(line: number, place: number, what: string): never {
    throw new CsvRefusal(this.file, { line, column: place + 1, what })
  }
}

type RawColumn = {
  readonly name: string
  readonly cells: readonly string[]
  readonly lines: readonly number[]
  readonly column: number
}

/**
 * Numbers, when nearly all cells are numbers; the few others are then missing. A covariate that
 * the history has as numbers must not turn into words in the future.
 */
function covariateOf(
  file: string,
  { name, cells, lines, column }: RawColumn,
  kind: Covariate['kind'] | undefined,
): Covariate {
  const given = cells.filter((cell) => !isMissing(cell))
  const numbers = given.filter((cell) => numberOf(cell) !== undefined).length
  const numeric = kind === undefined ? numbers >= numericShare * given.length : kind === 'number'
  if (!numeric) {
    const values = cells.map((cell) => (isMissing(cell) ? '' : cell.trim()))
    return { kind: 'word', name, values }
  }
  if (numbers < numericShare * given.length) {
    const at = cells.findIndex((cell) => !isMissing(cell) && numberOf(cell) === undefined)
    const what = `"${cells[at] ?? ''}" is no number, as "${name}" is in the history`
    throw new CsvRefusal(file, { line: lines[at] ?? 1, column, what })
  }
  const values = Float64Array.from(cells, (cell) =>
    isMissing(cell) ? Number.NaN : (numberOf(cell) ?? Number.NaN),
  )
  return { kind: 'number', name, values }
}
