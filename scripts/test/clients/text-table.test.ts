import { expect, it } from 'vitest'
import { textTable } from '../../clients/text-table.ts'

it('columns are as wide as their widest cell and numbers stand to the right', () => {
  const table = textTable(
    [
      ['figure', 'median'],
      ['ours', '7'],
      ['bare handler', '1190'],
    ],
    { rightAligned: new Set([1]) },
  )
  expect(table).toEqual([
    'figure        median',
    '------------  ------',
    'ours               7',
    'bare handler    1190',
  ])
})

it('a short row leaves its last cells empty', () => {
  expect(textTable([['a', 'b'], ['1']])).toEqual(['a  b', '-  -', '1'])
})

it('a table of nothing has no lines', () => {
  expect(textTable([])).toEqual([])
})
