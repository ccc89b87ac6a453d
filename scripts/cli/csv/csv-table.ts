import { csvRecords, CsvRefusal, type CsvRecord } from './csv-records.ts'

/** The header of a file and its rows, all of the header's width. */
export type CsvTable = {
  readonly file: string
  readonly header: readonly string[]
  readonly rows: Generator<CsvRecord>
}

/**
 * Opens a table that must have the columns named, in any order.
 * @throws CsvRefusal when there is no header, a column is missing or a name stands twice
 */
export function openCsv(file: string, text: string, needed: readonly string[]): CsvTable {
  const records = csvRecords(file, text)
  const head = records.next()
  if (head.done === true) {
    throw new CsvRefusal(file, { line: 1, column: 1, what: 'the file has no header' })
  }
  const header = head.value.cells.map((name) => name.trim())
  header.forEach((name, at) => {
    if (header.indexOf(name) !== at) {
      throw new CsvRefusal(file, { line: 1, column: at + 1, what: `column "${name}" stands twice` })
    }
  })
  const lacking = needed.find((name) => !header.includes(name))
  if (lacking !== undefined) {
    const column = header.length + 1
    throw new CsvRefusal(file, { line: 1, column, what: `column "${lacking}" is missing` })
  }
  return { file, header, rows: wholeRows(file, header, records) }
}

function* wholeRows(
  file: string,
  header: readonly string[],
  records: Generator<CsvRecord>,
): Generator<CsvRecord> {
  for (const record of records) {
    const { line, cells } = record
    if (cells.length !== header.length) {
      const column = Math.min(cells.length, header.length) + 1
      const what = `${cells.length} cells where the header has ${header.length}`
      throw new CsvRefusal(file, { line, column, what })
    }
    yield record
  }
}

const missingWords = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', 'inf', '-inf', '+inf'])

/** An empty cell, or one of the words programs write for it. Infinity is no observation either. */
export function isMissing(cell: string): boolean {
  const word = cell.trim().toLowerCase()
  return missingWords.has(word) || word === 'infinity' || word === '-infinity'
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The number a cell holds, or undefined when it is none. */
export function numberOf(cell: string): number | undefined {
  const text = cell.trim()
  const value = numberForm.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}
