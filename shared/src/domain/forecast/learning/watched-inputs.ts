import { columnOf, type FeatureTable } from '../trees/feature-table.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import type { DriftAlarmKind } from './drift-alarms.ts'
import { stabilityIndex, stabilityMax } from './drift.ts'

/** One input of a model as it was in its training. */
export type WatchedInput = {
  readonly name: string
  /** Values spread evenly over the sorted ones of the training. */
  readonly sample: readonly number[]
  /** Share of the rows without a value, 0 to 1. */
  readonly missing: number
}

/** How an input is now. */
export type InputNow = {
  readonly name: string
  readonly index: number
  readonly missing: number
}

const sampleMax = 400
/** Share by which more rows may lack a value than in the training. */
const missingMore = 0.1

/**
 * What is watched: covariates, and the values of a day and of a week before. Slower ones would alarm
 * with every season, those of the calendar with every look that is no whole year.
 */
export function watchedNames({ plan }: Pick<ModelManifest, 'plan'>): readonly string[] {
  return ['lagDay1', 'lagWeek1', ...plan.covariates.map(({ name }) => name)]
}

export function watchInputs(
  table: FeatureTable,
  names: readonly string[],
): readonly WatchedInput[] {
  return names.flatMap((name) => {
    const values = valuesOf([table], name)
    if (values.length === 0) return []
    const known = values.filter((value) => !Number.isNaN(value)).sort()
    const count = Math.min(sampleMax, known.length)
    const sample = Array.from(
      { length: count },
      (_, n) => Math.round(1e4 * known[Math.floor((n * known.length) / count)]!) / 1e4,
    )
    return [{ name, sample, missing: 1 - known.length / values.length }]
  })
}

/** The inputs in rows of today against those of the training; without rows nothing is said. */
export function inputsNow(
  inputs: readonly WatchedInput[],
  tables: readonly FeatureTable[],
): readonly InputNow[] {
  return inputs.flatMap(({ name, sample }) => {
    const values = valuesOf(tables, name)
    if (values.length === 0) return []
    const known = [...values].filter((value) => !Number.isNaN(value))
    const missing = 1 - known.length / values.length
    return [{ name, index: stabilityIndex(sample, known), missing }]
  })
}

export function inputAlarms(
  then: readonly WatchedInput[],
  now: readonly InputNow[],
): readonly DriftAlarmKind[] {
  const shifted = now.some(({ index }) => index > stabilityMax)
  const missing = now.some((one) => {
    const before = then.find(({ name }) => name === one.name)?.missing ?? 0
    return one.missing > before + missingMore
  })
  return [
    ...(shifted ? ['input_shifted' as const] : []),
    ...(missing ? ['input_missing' as const] : []),
  ]
}

function valuesOf(tables: readonly FeatureTable[], name: string): Float32Array {
  const parts = tables.flatMap((table) => {
    const feature = table.names.indexOf(name)
    return feature < 0 ? [] : [columnOf(table, feature)]
  })
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
