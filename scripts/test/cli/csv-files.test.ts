import { describe, expect, it } from 'vitest'
import { csvCell, csvRecords } from '../../cli/csv/csv-records.ts'
import { numberOf, openCsv } from '../../cli/csv/csv-table.ts'
import { isoTime } from '../../cli/csv/iso-time.ts'
import { readDemand } from '../../cli/forecast/read-demand.ts'
import { readChoices } from '../../cli/recommend/read-choices.ts'

const rowsOf = (text: string) => [...csvRecords('f.csv', text)].map(({ cells }) => cells)

describe('comma-separated values', () => {
  it('quotes, doubled quotes, commas and line breaks inside quotes are read as RFC 4180 says', () => {
    const text = '\uFEFFa,b\r\n"x, y","he said ""hi""\nthere"\n,\n'
    expect(rowsOf(text)).toEqual([
      ['a', 'b'],
      ['x, y', 'he said "hi"\nthere'],
      ['', ''],
    ])
  })

  it('a line after a break inside quotes is counted where it stands in the file', () => {
    const lines = [...csvRecords('f.csv', 'a\n"x\ny"\nz\n')].map(({ line }) => line)
    expect(lines).toEqual([1, 2, 4])
  })

  it('what needs quotes is read back as it was', () => {
    const cell = 'Broughty Ferry, "Dundee"'
    expect(rowsOf(csvCell(cell))).toEqual([[cell]])
  })

  it.each([
    ['a\n"open', 'f.csv, line 2, column 1: a quote is never closed'],
    ['a,b\n1,"x"y', 'f.csv, line 2, column 2: text follows a closing quote'],
    ['a,a\n', 'f.csv, line 1, column 2: column "a" stands twice'],
    ['', 'f.csv, line 1, column 1: the file has no header'],
    ['a,b\n1,2\n1,2,3\n', 'f.csv, line 3, column 3: 3 cells where the header has 2'],
  ])('%j is refused with file, line and column', (text, message) => {
    expect(() => [...openCsv('f.csv', text, ['a']).rows]).toThrow(message)
  })

  it('a number is a number, and nothing else is', () => {
    expect(['1', ' -2.5 ', '.5', '1e3'].map(numberOf)).toEqual([1, -2.5, 0.5, 1000])
    expect(['', 'x', '1,5', '0x10', '1e999', '--1'].map(numberOf)).toEqual(
      new Array(6).fill(undefined),
    )
  })

  it('a time with an offset is the moment it names', () => {
    expect(isoTime('2026-03-01T05:30:00+05:30')).toEqual({
      ms: Date.UTC(2026, 2, 1),
      offsetMinutes: 330,
    })
    expect(isoTime('2026-03-01T00:00Z')?.ms).toBe(Date.UTC(2026, 2, 1))
    expect(isoTime('2026-03-01T00:00:00.250-0200')?.ms).toBe(Date.UTC(2026, 2, 1, 2) + 250)
  })

  it.each(['2026-03-01T00:00', '2026-02-30T00:00Z', '2026-03-01T24:00Z', 'today', '2026-03-01'])(
    '%s is no time',
    (text) => {
      expect(isoTime(text)).toBeUndefined()
    },
  )
})

describe('demand files', () => {
  const head = 'series,ts,value,temp,sky\n'
  const row = (cells: string): string => `s,2026-01-01T00:00Z,${cells}\n`

  it.each([
    [`${head}${row('x,1,fair')}`, 'h.csv, line 2, column 3: "x" is no number'],
    [`${head}s,yesterday,1,1,fair\n`, 'h.csv, line 2, column 2: "yesterday" is no ISO-8601 time'],
    [`${head},2026-01-01T00:00Z,1,1,fair\n`, 'h.csv, line 2, column 1: the series has no name'],
    ['series,ts,temp\n', 'h.csv, line 1, column 4: column "value" is missing'],
  ])('%j is refused', (text, message) => {
    expect(() => readDemand('h.csv', text, { value: true })).toThrow(message)
  })

  it('empty and not-a-number cells are missing; covariates are numbers or words', () => {
    const text = head + row('5,1.5,fair') + row('NaN,,') + row(',2,rain')
    const { table } = readDemand('h.csv', text, { value: true })
    expect([...table.value]).toEqual([5, NaN, NaN])
    expect(table.covariates).toEqual([
      { kind: 'number', name: 'temp', values: Float64Array.of(1.5, NaN, 2) },
      { kind: 'word', name: 'sky', values: ['fair', '', 'rain'] },
    ])
  })

  it('a covariate of the history that the future lacks, or a strange one, is refused', () => {
    const { covariates } = readDemand('h.csv', head + row('5,1,fair'), { value: true }).table
    const future = { value: false, covariates }
    expect(() => readDemand('f.csv', 'series,ts,temp\n', future)).toThrow('column "sky" is missing')
    expect(() => readDemand('f.csv', 'series,ts,sky,temp,value\n', future)).toThrow(
      'f.csv, line 1, column 5: column "value" does not belong here',
    )
  })
})

describe('choice files', () => {
  const head = 'case,person,option,available,chosen,cost\n'

  it.each([
    [`${head}1,p,a,2,1,3\n`, 't.csv, line 2, column 4: available is "2", not 0 or 1'],
    [`${head}1,p,a,1,0,3\n1,p,b,1,0,3\n`, 't.csv, line 2, column 5: no option of the case'],
    [`${head}1,p,a,1,1,3\n1,p,b,1,1,3\n`, 't.csv, line 3, column 5: a second option'],
    [`${head}1,p,a,0,1,3\n`, 't.csv, line 2, column 5: an option is chosen that was not available'],
  ])('%j is refused', (text, message) => {
    expect(() => readChoices('t.csv', text, { chosen: true })).toThrow(message)
  })

  it('rows of a case that lie apart are brought together, and every row keeps its place', () => {
    const text = `${head}1,p,a,1,0,3\n2,q,a,1,1,4\n1,p,b,1,1,5\n`
    const { table, rowOf, caseNames } = readChoices('t.csv', text, { chosen: true })
    expect([...table.caseStart]).toEqual([0, 2, 3])
    expect(table.option).toEqual(['a', 'b', 'a'])
    expect([...rowOf]).toEqual([0, 2, 1])
    expect(caseNames).toEqual(['1', '2', '1'])
  })
})
