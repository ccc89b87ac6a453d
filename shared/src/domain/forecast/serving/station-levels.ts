import { levelFactors } from '../interval/level-bias.ts'
import { dayMs } from '../series/demand-table.ts'
import type { WeekQuestion } from './week-question.ts'

/**
 * What the level of each series has come to against what the model takes it for, by the days that are
 * judged: the correction of the back-test that let the model in. The whole week ahead has the factor of
 * its first row, as nothing newer is known of any of it.
 * @param mean the model's mean by row, before any correction
 * @returns the factor for each row; 1 where nothing is to be corrected
 */
export function stationLevels(
  { set, judged }: Pick<WeekQuestion, 'set' | 'judged'>,
  mean: Float64Array,
): Float64Array {
  const factors = new Float64Array(mean.length).fill(1)
  for (const rows of rowsBySeries(set.series).values()) {
    const values = (): Float64Array => new Float64Array(rows.length)
    const told = { at: values(), actual: values(), mean: values() }
    rows.forEach((row, at) => {
      told.at[at] = set.at[row]!
      told.actual[at] = row < judged ? set.target[row]! : Number.NaN
      told.mean[at] = mean[row]!
    })
    const own = levelFactors(told, dayMs)
    const ahead = own[rows.findIndex((row) => row >= judged)] ?? 1
    rows.forEach((row, at) => (factors[row] = row < judged ? own[at]! : ahead))
  }
  return factors
}

function rowsBySeries(series: Int32Array): ReadonlyMap<number, readonly number[]> {
  const rows = new Map<number, number[]>()
  for (let row = 0; row < series.length; row += 1) {
    const own = rows.get(series[row]!)
    if (own === undefined) rows.set(series[row]!, [row])
    else own.push(row)
  }
  return rows
}
