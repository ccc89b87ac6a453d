import type { ChoiceFeature, ChoiceTable } from '@baari/shared/domain/recommend/choice-table'
import { CsvRefusal, type CsvRecord } from '../csv/csv-records.ts'
import { isMissing, numberOf, openCsv } from '../csv/csv-table.ts'

export type ChoiceFile = {
  readonly table: ChoiceTable
  /** By row of the file, its row in the table, which has the rows of a case together. */
  readonly rowOf: Int32Array
  /** By row of the file. */
  readonly caseNames: readonly string[]
}

/** The features of the training file when the test file is read; it must have the same. */
export type ChoiceColumns = {
  readonly chosen: boolean
  readonly features?: readonly ChoiceFeature[]
}

type FileRow = { readonly line: number; readonly cells: readonly string[] }

/**
 * Reads a choice file.
 * @throws CsvRefusal naming file, line and column of what breaks the contract
 */
export function readChoices(file: string, text: string, columns: ChoiceColumns): ChoiceFile {
  const needed = ['case', 'person', 'option', 'available', ...(columns.chosen ? ['chosen'] : [])]
  const names = columns.features?.map(({ name }) => name)
  const csv = openCsv(file, text, [...needed, ...(names ?? [])])
  const known = [...needed, ...(names ?? csv.header)]
  const strange = csv.header.findIndex((name) => !known.includes(name))
  if (strange >= 0) {
    const what = `column "${csv.header[strange] ?? ''}" does not belong here`
    throw new CsvRefusal(file, { line: 1, column: strange + 1, what })
  }
  const place = (name: string): number => csv.header.indexOf(name)
  const rows = [...csv.rows]
  const places = new Map<string, number[]>()
  rows.forEach(({ line, cells }, row) => {
    const one = cells[place('case')] ?? ''
    if (one === '') {
      throw new CsvRefusal(file, { line, column: place('case') + 1, what: 'the case has no name' })
    }
    const own = places.get(one) ?? []
    own.push(row)
    places.set(one, own)
  })
  const order = [...places.values()].flat()
  const starts = [0]
  for (const own of places.values()) starts.push(starts[starts.length - 1]! + own.length)
  const sorted = order.map((row) => rows[row]!)
  const flags = (name: string): Uint8Array =>
    Uint8Array.from(sorted, (row) => flagOf(file, row, { name, at: place(name) }))
  const wanted = names ?? csv.header.filter((name) => !needed.includes(name))
  const table: ChoiceTable = {
    caseStart: Int32Array.from(starts),
    option: sorted.map(({ cells }) => cells[place('option')] ?? ''),
    person: sorted.map(({ cells }) => cells[place('person')] ?? ''),
    available: flags('available'),
    chosen: columns.chosen ? flags('chosen') : new Uint8Array(sorted.length),
    features: wanted.map((name, at) =>
      featureOf(name, { file, rows: sorted, at: place(name) }, columns.features?.[at]?.kind),
    ),
  }
  if (columns.chosen) requireOneChoice(file, { table, rows: sorted, at: place('chosen') })
  const rowOf = new Int32Array(rows.length)
  order.forEach((row, at) => {
    rowOf[row] = at
  })
  return { table, rowOf, caseNames: rows.map(({ cells }) => cells[place('case')] ?? '') }
}

function flagOf(
  file: string,
  { line, cells }: FileRow,
  { name, at }: { readonly name: string; readonly at: number },
): number {
  const cell = (cells[at] ?? '').trim()
  if (cell === '0' || cell === '1') return Number(cell)
  throw new CsvRefusal(file, { line, column: at + 1, what: `${name} is "${cell}", not 0 or 1` })
}

function requireOneChoice(
  file: string,
  {
    table,
    rows,
    at,
  }: { readonly table: ChoiceTable; readonly rows: readonly FileRow[]; readonly at: number },
): void {
  const refuse = (row: number, what: string): never => {
    throw new CsvRefusal(file, { line: rows[row]?.line ?? 1, column: at + 1, what })
  }
  for (let one = 0; one + 1 < table.caseStart.length; one += 1) {
    const from = table.caseStart[one]!
    let taken = 0
    for (let row = from; row < table.caseStart[one + 1]!; row += 1) {
      if (table.chosen[row] !== 1) continue
      taken += 1
      if (taken > 1) refuse(row, 'a second option of the case is chosen')
      if (table.available[row] !== 1) refuse(row, 'an option is chosen that was not available')
    }
    if (taken === 0) refuse(from, 'no option of the case is chosen')
  }
}

/** A feature is numeric when at least this share of its cells are numbers. */
const numericShare = 0.95

function featureOf(
  name: string,
  column: { readonly file: string; readonly rows: readonly CsvRecord[]; readonly at: number },
  kind: ChoiceFeature['kind'] | undefined,
): ChoiceFeature {
  const cells = column.rows.map((row) => row.cells[column.at] ?? '')
  const given = cells.filter((cell) => !isMissing(cell))
  const numbers = given.filter((cell) => numberOf(cell) !== undefined).length
  const enough = numbers >= numericShare * given.length
  if (!(kind === undefined ? enough : kind === 'number')) {
    return { kind: 'word', name, values: cells.map((cell) => (isMissing(cell) ? '' : cell.trim())) }
  }
  if (!enough) {
    const row = cells.findIndex((cell) => !isMissing(cell) && numberOf(cell) === undefined)
    const what = `"${cells[row] ?? ''}" is no number, as "${name}" is in the training part`
    const line = column.rows[row]?.line ?? 1
    throw new CsvRefusal(column.file, { line, column: column.at + 1, what })
  }
  const values = Float64Array.from(cells, (cell) => numberOf(cell) ?? Number.NaN)
  return { kind: 'number', name, values }
}
