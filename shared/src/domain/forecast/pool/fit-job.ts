import { binTable, type BinnedTable } from '../trees/bins.ts'
import { boost, type BoostSpec, type Lesson } from '../trees/boost.ts'
import { growForest, type ForestSpec } from '../trees/forest.ts'
import type { Ensemble } from '../trees/tree.ts'
import { scaledTargets, tableOf, type RowSet, type Scale } from './training-set.ts'

/** One model to fit: plain data, so that it can be done in another thread. */
export type FitJob = {
  readonly scale: Scale
  /** Learns from rows before this time only. */
  readonly before: number
  readonly seed: number
  readonly learner:
    | { readonly kind: 'boost'; readonly spec: BoostSpec }
    | { readonly kind: 'forest'; readonly spec: ForestSpec }
}

export type Fitted = {
  readonly job: FitJob
  readonly ensemble: Ensemble
  /** Of a forest: the mean target of each class. */
  readonly centres: Float64Array | undefined
}

/** Fits models on one set; a table is binned once. */
export function fitterOf(set: RowSet): (job: FitJob) => Fitted {
  const binned = new Map<'plain' | 'divided', BinnedTable>()
  return (job) => {
    const table = tableOf(set, job.scale)
    const kind = job.scale === 'plain' ? 'plain' : 'divided'
    const bins = binned.get(kind) ?? binTable(table)
    binned.set(kind, bins)
    const rows = Int32Array.from(rowsBefore(set, job.before))
    const lesson: Lesson = {
      table: bins,
      names: table.names,
      rows,
      ...scaledTargets(set, job.scale),
    }
    const { learner, seed } = job
    if (learner.kind === 'boost') {
      return { job, ensemble: boost(lesson, learner.spec, seed), centres: undefined }
    }
    return { job, ...growForest(lesson, learner.spec, seed) }
  }
}

function* rowsBefore({ at, target }: RowSet, before: number): Generator<number> {
  for (let row = 0; row < at.length; row += 1) {
    if (at[row]! < before && !Number.isNaN(target[row]!)) yield row
  }
}
