import type { BoostSpec } from '../trees/boost.ts'
import type { ForestSpec } from '../trees/forest.ts'
import type { Loss } from '../trees/loss.ts'
import type { FitJob } from './fit-job.ts'
import type { Scale } from './training-set.ts'

/** The learned members of the pool by what they answer. */
export type LearnerName = 'mean' | 'low' | 'middle' | 'high' | 'forest'

/** Rows that one tree is grown on at most: more only cost time. */
const rowsPerTreeMax = 24_000

/** What a set is like, as far as the size of its models goes. */
export type Size = { readonly rows: number; readonly sparse: boolean }

/** Below this mean a count is mostly chance, and the Poisson loss says so. */
export const sparseBelow = 3

const quantileShares = { low: 0.1, middle: 0.5, high: 0.9 } as const

export const treesMax = 300

function boostSpec(loss: Loss, { rows }: Size): BoostSpec {
  return {
    loss,
    trees: treesMax,
    rate: 0.05,
    leavesMax: rows > 5_000 ? 31 : 15,
    leafMin: 20,
    l2: 1,
    rowsPerTree: Math.min(0.6, rowsPerTreeMax / rows),
    featuresPerTree: 0.5,
  }
}

/** Leaves grow with the rows, so that the file stays below its limit. */
function forestSpec({ rows }: Size): ForestSpec {
  return {
    trees: 40,
    leafMin: Math.max(8, Math.round(rows / 800)),
    featuresPerSplit: 0.5,
    classesMax: 32,
    rowsPerTree: Math.min(1, (2 * rowsPerTreeMax) / rows),
  }
}

/** The work of fitting one member; its seed differs from that of every other member. */
export function jobOf(name: LearnerName, { size, scale, before, seed }: JobOn): FitJob {
  if (name === 'forest') {
    const spec = forestSpec(size)
    return { scale, before, seed: seed * 16 + 5, learner: { kind: 'forest', spec } }
  }
  if (name === 'mean') {
    const poisson = size.sparse && (scale === 'plain' || scale === 'level')
    const spec = boostSpec({ kind: poisson ? 'poisson' : 'squared' }, size)
    return { scale, before, seed: seed * 16 + 1, learner: { kind: 'boost', spec } }
  }
  const spec = boostSpec({ kind: 'quantile', share: quantileShares[name] }, size)
  const place = { low: 2, middle: 3, high: 4 }[name]
  return { scale, before, seed: seed * 16 + place, learner: { kind: 'boost', spec } }
}

export type JobOn = {
  readonly size: Size
  readonly scale: Scale
  readonly before: number
  readonly seed: number
}

/** The same work with fewer trees. */
export function withTrees(job: FitJob, trees: number): FitJob {
  const { learner } = job
  if (learner.kind === 'forest') return job
  return { ...job, learner: { kind: 'boost', spec: { ...learner.spec, trees } } }
}
