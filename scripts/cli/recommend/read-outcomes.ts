import type { ChoiceTable } from '@baari/shared/domain/recommend/choice-table'
import type { LoggedPlace } from '@baari/shared/domain/recommend/slots/logged-policy'
import { CsvRefusal } from '../csv/csv-records.ts'
import { numberOf, openCsv } from '../csv/csv-table.ts'
import type { ChoiceFile } from './read-choices.ts'

/**
 * Reads what was taken in each test case, `case,option`, into the table of the test file. Cases
 * without a row stay open.
 * @throws CsvRefusal naming file, line and column of a case or option that the test file does not offer
 */
export function withChosen(
  { table, rowOf, caseNames }: ChoiceFile,
  { name, text }: { readonly name: string; readonly text: string },
): ChoiceTable {
  const csv = openCsv(name, text, ['case', 'option'])
  const [atCase, atOption] = [csv.header.indexOf('case'), csv.header.indexOf('option')]
  const rowsOf = new Map<string, number[]>()
  caseNames.forEach((one, row) => {
    const own = rowsOf.get(one) ?? []
    own.push(rowOf[row]!)
    rowsOf.set(one, own)
  })
  const chosen = new Uint8Array(table.chosen.length)
  for (const { line, cells } of csv.rows) {
    const refuse = (at: number, what: string): never => {
      throw new CsvRefusal(name, { line, column: at + 1, what })
    }
    const offered =
      rowsOf.get(cells[atCase] ?? '') ?? refuse(atCase, 'the test file has no such case')
    const row =
      offered.find((one) => table.option[one] === cells[atOption]) ??
      refuse(atOption, 'the case has no such option')
    if (table.available[row] !== 1) refuse(atOption, 'an option is chosen that was not available')
    if (offered.some((one) => chosen[one] === 1)) refuse(atCase, 'the case is there a second time')
    chosen[row] = 1
  }
  return { ...table, chosen }
}

/** Columns of a log of places that were drawn by chance. */
export const logColumns = ['person', 'propensity', 'explored', 'chosen'] as const

/**
 * Reads a log of places that were drawn by chance.
 * @throws CsvRefusal naming file, line and column of what is no propensity or no flag
 */
export function readLog(file: string, text: string): readonly LoggedPlace[] {
  const csv = openCsv(file, text, logColumns)
  return Array.from(csv.rows, ({ line, cells }) => {
    const cell = (name: string): string => (cells[csv.header.indexOf(name)] ?? '').trim()
    const refuse = (name: string, what: string): never => {
      const column = csv.header.indexOf(name) + 1
      throw new CsvRefusal(file, { line, column, what: `${name} is "${cell(name)}", ${what}` })
    }
    const flag = (name: string): boolean =>
      cell(name) === '1' || (cell(name) !== '0' && refuse(name, 'not 0 or 1'))
    const propensity = numberOf(cell('propensity')) ?? 0
    if (propensity <= 0 || propensity > 1) refuse('propensity', 'not above 0 and at most 1')
    return { driver: cell('person'), propensity, explored: flag('explored'), taken: flag('chosen') }
  })
}
