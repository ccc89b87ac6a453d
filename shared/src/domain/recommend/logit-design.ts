import type { ChoicePlan } from './choice-plan.ts'
import { columnValues, habitsOf, popularityOf } from './choice-rows.ts'
import { casesOf, type ChoiceTable } from './choice-table.ts'

/** The linear terms of a utility, row-major; every term is standardised and never missing. */
export type LogitDesign = {
  readonly names: readonly string[]
  readonly rows: Float64Array
}

/** Mean and spread of each term over the training rows. */
export type LogitScaling = { readonly mean: Float64Array; readonly spread: Float64Array }

/** Options beyond these share the utility of the others. */
const optionsMax = 8
const contextMax = 6

/**
 * Terms of the utility: each varying feature and its logarithm, popularity, habit, a constant for
 * each option but the first, and the features of the case for each of those.
 */
export function logitTerms(
  plan: ChoicePlan,
  table: ChoiceTable,
  counted: boolean,
): { readonly names: readonly string[]; readonly columns: readonly Float64Array[] } {
  const names: string[] = []
  const columns: Float64Array[] = []
  const add = (name: string, values: Float64Array): void => {
    names.push(name)
    columns.push(values)
  }
  for (const column of plan.columns.filter(({ context }) => !context)) {
    const values = columnValues(column, table)
    add(column.name, values)
    if (column.word === undefined) {
      add(
        `log ${column.name}`,
        values.map((value) => Math.sign(value) * Math.log1p(Math.abs(value))),
      )
    }
  }
  add('popularity', popularityOf(plan, table).map(Math.log))
  add('habit', habitsOf(plan, table, counted))
  const dummies = plan.options.slice(1, optionsMax).map((option) => ({
    option,
    values: Float64Array.from(table.option, (one) => Number(one === option)),
  }))
  for (const { option, values } of dummies) add(`option=${option}`, values)
  for (const column of plan.columns.filter(({ context }) => context).slice(0, contextMax)) {
    const values = columnValues(column, table)
    const mean = meanKnown(values)
    for (const { option, values: dummy } of dummies) {
      const product = values.map(
        (value, row) => (Number.isNaN(value) ? 0 : value - mean) * dummy[row]!,
      )
      add(`${column.name} for ${option}`, product)
    }
  }
  return { names, columns }
}

function meanKnown(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
}

/** Spread within the cases, since only differences within a case matter. */
export function scalingOf(columns: readonly Float64Array[], table: ChoiceTable): LogitScaling {
  const centred = columns.map((values) => centre(values, table))
  const spread = centred.map((values) => {
    const square = values.reduce((sum, value) => sum + value * value, 0)
    return Math.sqrt(square / Math.max(1, values.length)) || 1
  })
  return { mean: new Float64Array(columns.length), spread: Float64Array.from(spread) }
}

/** Terms within their case and in units of their spread; a missing one is the mean of the case. */
export function designOf(
  {
    names,
    columns,
  }: { readonly names: readonly string[]; readonly columns: readonly Float64Array[] },
  table: ChoiceTable,
  { spread }: LogitScaling,
): LogitDesign {
  const width = names.length
  const rows = new Float64Array(width * table.option.length)
  columns.forEach((values, term) => {
    centre(values, table).forEach((value, row) => {
      rows[row * width + term] = value / spread[term]!
    })
  })
  return { names, rows }
}

function centre(values: Float64Array, table: ChoiceTable): Float64Array {
  const out = new Float64Array(values.length)
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const to = table.caseStart[one + 1]!
    let sum = 0
    let known = 0
    for (let row = from; row < to; row += 1) {
      if (table.available[row] !== 1 || !Number.isFinite(values[row]!)) continue
      sum += values[row]!
      known += 1
    }
    const mean = known > 0 ? sum / known : 0
    for (let row = from; row < to; row += 1) {
      out[row] = Number.isFinite(values[row]!) ? values[row]! - mean : 0
    }
  }
  return out
}
