import type { FeaturePlan } from '../features/feature-plan.ts'
import type { Described } from '../features/feature-function.ts'
import { divideByLevel } from '../features/feature-function.ts'
import type { FeatureTable } from '../trees/feature-table.ts'

/** Rows as the models see them, with what turns a model's answer back into the target's unit. */
export type RowSet = {
  readonly plain: FeatureTable
  /** The same rows with features of the target's unit divided by the level. */
  readonly divided: FeatureTable
  readonly level: Float64Array
  readonly naive: Float64Array
  readonly weekdayMean: Float64Array
  readonly series: Int32Array
  /** Start of the step, milliseconds since 1970-01-01T00:00Z. */
  readonly at: Float64Array
  /** NaN where nothing is known. */
  readonly target: Float64Array
}

export function rowSetOf(
  plan: FeaturePlan,
  described: Described,
  rows: Pick<RowSet, 'series' | 'at' | 'target'>,
): RowSet {
  const { table, level, naive, weekdayMean } = described
  const divided = divideByLevel(described, plan.ofTarget)
  return { plain: table, divided, level, naive, weekdayMean, ...rows }
}

/**
 * What a model is asked for: the value itself, the value in levels, or the difference in levels
 * from a week earlier or from the usual weekday. A backtest picks.
 */
export type Scale = 'plain' | 'level' | 'fromWeek' | 'fromWeekday'

export const scales: readonly Scale[] = ['plain', 'level', 'fromWeek', 'fromWeekday']

export function tableOf(set: RowSet, scale: Scale): FeatureTable {
  return scale === 'plain' ? set.plain : set.divided
}

function shiftOf(set: RowSet, scale: Scale, row: number): number {
  if (scale === 'fromWeek') return set.naive[row]!
  return scale === 'fromWeekday' ? set.weekdayMean[row]! : 0
}

/** Targets on a scale, and the weights that keep errors in the target's unit what they were. */
export function scaledTargets(
  set: RowSet,
  scale: Scale,
): { readonly target: Float64Array; readonly weight: Float64Array } {
  const target = new Float64Array(set.target.length)
  const weight = new Float64Array(set.target.length).fill(1)
  if (scale === 'plain') return { target: set.target, weight }
  let sum = 0
  for (const level of set.level) sum += level
  const mean = sum / Math.max(1, set.level.length)
  for (let row = 0; row < target.length; row += 1) {
    const level = set.level[row]!
    target[row] = (set.target[row]! - shiftOf(set, scale, row)) / level
    weight[row] = level / mean
  }
  return { target, weight }
}

/** A model's answer for a row in the target's unit; it may still be below zero. */
export function unscaled(
  set: RowSet,
  scale: Scale,
  { answer, row }: { readonly answer: number; readonly row: number },
): number {
  if (scale === 'plain') return answer
  return answer * set.level[row]! + shiftOf(set, scale, row)
}
