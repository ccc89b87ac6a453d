/** A feature of an option: numbers with NaN for missing, or words with '' for missing. */
export type ChoiceFeature =
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'word'; readonly name: string; readonly values: readonly string[] }

/** Options offered in cases, one row each; the rows of a case follow one another. */
export type ChoiceTable = {
  /** First row of each case, and the number of rows at the end. */
  readonly caseStart: Int32Array
  readonly option: readonly string[]
  readonly person: readonly string[]
  /** 1 where the option could be taken: a hard filter, never a weight. */
  readonly available: Uint8Array
  /** 1 for the option taken; all 0 where it is to be found. */
  readonly chosen: Uint8Array
  readonly features: readonly ChoiceFeature[]
}

export function casesOf({ caseStart }: Pick<ChoiceTable, 'caseStart'>): number {
  return caseStart.length - 1
}

/** The rows of the cases named, as a table of their own, and where each row came from. */
export function pickCases(
  table: ChoiceTable,
  cases: readonly number[],
): { readonly table: ChoiceTable; readonly rows: Int32Array } {
  const rows: number[] = []
  const starts = [0]
  for (const one of cases) {
    for (let row = table.caseStart[one]!; row < table.caseStart[one + 1]!; row += 1) rows.push(row)
    starts.push(rows.length)
  }
  const picked: ChoiceTable = {
    caseStart: Int32Array.from(starts),
    option: rows.map((row) => table.option[row]!),
    person: rows.map((row) => table.person[row]!),
    available: Uint8Array.from(rows, (row) => table.available[row]!),
    chosen: Uint8Array.from(rows, (row) => table.chosen[row]!),
    features: table.features.map((feature) =>
      feature.kind === 'number'
        ? { ...feature, values: Float64Array.from(rows, (row) => feature.values[row]!) }
        : { ...feature, values: rows.map((row) => feature.values[row]!) },
    ),
  }
  return { table: picked, rows: Int32Array.from(rows) }
}
