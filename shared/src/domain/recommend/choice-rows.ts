import type { FeatureTable } from '../forecast/trees/feature-table.ts'
import { choiceValue, habitOf, type ChoiceColumn, type ChoicePlan } from './choice-plan.ts'
import { casesOf, type ChoiceTable } from './choice-table.ts'

/**
 * Features of the rows for trees: each varying feature as it is, against the least, the mean and
 * the rank within its case; the features of the case; popularity, habit and the option itself.
 * @param counted the table is the one the plan was made of, so that habits leave out the row's own
 */
export function choiceRows(plan: ChoicePlan, table: ChoiceTable, counted: boolean): FeatureTable {
  const rows = table.option.length
  const columns: { readonly name: string; readonly values: Float64Array }[] = []
  for (const column of plan.columns) {
    const values = columnValues(column, table)
    columns.push({ name: column.name, values })
    if (column.context) continue
    const relative = relativeValues(table, values)
    columns.push({ name: `${column.name}@least`, values: relative.toLeast })
    columns.push({ name: `${column.name}@mean`, values: relative.toMean })
    columns.push({ name: `${column.name}@rank`, values: relative.rank })
  }
  columns.push({ name: 'offered', values: offeredOf(table) })
  columns.push({ name: 'popularity', values: popularityOf(plan, table) })
  columns.push({ name: 'habit', values: habitsOf(plan, table, counted) })
  for (const option of plan.options) {
    const values = Float64Array.from(table.option, (one) => Number(one === option))
    columns.push({ name: `option=${option}`, values })
  }
  const cells = new Float32Array(columns.length * rows)
  columns.forEach(({ values }, at) => cells.set(values, at * rows))
  return { names: columns.map(({ name }) => name), rows, cells }
}

export function columnValues(column: ChoiceColumn, table: ChoiceTable): Float64Array {
  return Float64Array.from(table.option.keys(), (row) => choiceValue(column, table, row))
}

type Relative = {
  readonly toLeast: Float64Array
  readonly toMean: Float64Array
  readonly rank: Float64Array
}

/** Only options that can be taken are compared with. */
function relativeValues(table: ChoiceTable, values: Float64Array): Relative {
  const out: Relative = {
    toLeast: new Float64Array(values.length),
    toMean: new Float64Array(values.length),
    rank: new Float64Array(values.length),
  }
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const to = table.caseStart[one + 1]!
    const known: number[] = []
    for (let row = from; row < to; row += 1) {
      if (table.available[row] === 1 && !Number.isNaN(values[row]!)) known.push(values[row]!)
    }
    const least = Math.min(...known)
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
    for (let row = from; row < to; row += 1) {
      const value = values[row]!
      out.toLeast[row] = known.length > 0 ? value - least : Number.NaN
      out.toMean[row] = known.length > 0 ? value - mean : Number.NaN
      out.rank[row] = Number.isNaN(value) ? value : known.filter((other) => other < value).length
    }
  }
  return out
}

function offeredOf(table: ChoiceTable): Float64Array {
  const out = new Float64Array(table.option.length)
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const to = table.caseStart[one + 1]!
    out.fill(table.available.subarray(from, to).filter((flag) => flag === 1).length, from, to)
  }
  return out
}

export function popularityOf({ popularity }: ChoicePlan, { option }: ChoiceTable): Float64Array {
  return Float64Array.from(option, (one) => popularity.get(one) ?? Number.NaN)
}

export function habitsOf(plan: ChoicePlan, table: ChoiceTable, counted: boolean): Float64Array {
  const out = new Float64Array(table.option.length)
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const to = table.caseStart[one + 1]!
    const taken = table.chosen.subarray(from, to).indexOf(1)
    const own = counted && taken >= 0 ? table.option[from + taken] : undefined
    for (let row = from; row < to; row += 1) {
      out[row] = habitOf(plan, { person: table.person[row]!, option: table.option[row]!, own })
    }
  }
  return out
}
