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
  for (const series of new Set(set.series)) {
    const rows = [...mean.keys()].filter((row) => set.series[row] === series)
    const own = levelFactors(
      {
        at: Float64Array.from(rows, (row) => set.at[row]!),
        actual: Float64Array.from(rows, (row) => (row < judged ? set.target[row]! : Number.NaN)),
        mean: Float64Array.from(rows, (row) => mean[row]!),
      },
      dayMs,
    )
    const ahead = own[rows.findIndex((row) => row >= judged)] ?? 1
    rows.forEach((row, at) => (factors[row] = row < judged ? own[at]! : ahead))
  }
  return factors
}
