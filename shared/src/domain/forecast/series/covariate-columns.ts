import type { Covariate, DemandTable } from './demand-table.ts'
import { frequentWords } from './frequent-words.ts'

/** A covariate as numbers: one column, or one for each frequent word. */
export type CovariateColumn = {
  readonly name: string
  /** The covariate of the file it comes from. */
  readonly source: number
  /** For a word covariate, the word whose presence the column tells. */
  readonly word?: string
}

/** Rarer words count as none of the columns. */
const wordsMax = 12

/** Columns by the words of the history alone: a word first seen in the future is no column. */
export function covariateColumns({ covariates }: DemandTable): readonly CovariateColumn[] {
  return covariates.flatMap((covariate, source): readonly CovariateColumn[] => {
    if (covariate.kind === 'number') return [{ name: covariate.name, source }]
    return frequentWords(covariate.values, wordsMax).map((word) => ({
      name: `${covariate.name}=${word}`,
      source,
      word,
    }))
  })
}

/** The number a column has in a row; NaN is missing. */
export function columnValue(
  { word }: CovariateColumn,
  covariate: Covariate | undefined,
  row: number,
): number {
  if (covariate === undefined) return Number.NaN
  if (covariate.kind === 'number') return covariate.values[row] ?? Number.NaN
  const said = covariate.values[row] ?? ''
  if (said === '') return Number.NaN
  return said === word ? 1 : 0
}
