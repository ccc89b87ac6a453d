import { drawWithout, seededChance } from '../chance.ts'
import type { BinnedTable } from './bins.ts'
import { treeOf, type LeafSums } from './fill-leaves.ts'
import { growTree, type GrownTree, type GrowRules } from './grow-tree.ts'
import { weightedQuantile } from './leaf-order.ts'
import { fillSlopes, type Fitted, type Loss } from './loss.ts'
import type { Ensemble, Tree } from './tree.ts'

export type BoostSpec = {
  readonly loss: Loss
  readonly trees: number
  /** Share of each tree's correction that is applied. */
  readonly rate: number
  readonly leavesMax: number
  /** Least rows in a leaf, in units of the mean curvature. */
  readonly leafMin: number
  readonly l2: number
  /** Share of the rows that each tree is grown on. */
  readonly rowsPerTree: number
  readonly featuresPerTree: number
}

/** What a model learns from: rows of the table by number, their targets and weights. */
export type Lesson = {
  readonly table: BinnedTable
  readonly names: readonly string[]
  readonly rows: Int32Array
  /** By row of the table; rows not named are not read. */
  readonly target: Float64Array
  readonly weight: Float64Array
  /** Scores to start from, by row; without it the best constant. They are no part of the model. */
  readonly start?: Float64Array
}

/**
 * Gradient-boosted trees on histograms. The score of a Poisson model is the logarithm of its mean. The same lesson, spec and seed give the same bytes.
 */
export function boost(lesson: Lesson, spec: BoostSpec, seed: number): Ensemble {
  const chance = seededChance(seed)
  const { table, rows } = lesson
  const fitted = fittedOf(lesson, spec.loss)
  const base = lesson.start === undefined ? (fitted.score[rows[0]!] ?? 0) : 0
  const slopes = {
    gradient: new Float64Array(table.rows),
    hessian: new Float64Array(table.rows),
  }
  const trees: Tree[] = []
  for (let at = 0; at < spec.trees; at += 1) {
    fillSlopes(spec.loss, fitted, slopes)
    const bag = bagOf(rows, spec.rowsPerTree, chance)
    const rules = growRules(spec, meanOf(slopes.hessian, rows))
    const grown = growTree(table, { rows: bag, slopes, chance }, rules)
    const values = new Map<Int32Array, number>()
    const say = (leafRows: Int32Array): LeafSums => {
      const value = Math.fround(spec.rate * stepOf(spec, { fitted, slopes }, leafRows))
      values.set(leafRows, value)
      return { targets: [0], values: [value] }
    }
    trees.push(treeOf(table, grown, say))
    addScores(fitted.score, { table, grown, rows, whole: bag === rows }, values)
  }
  return { features: lesson.names, targets: 1, base: Float32Array.of(base), trees }
}

function growRules(spec: BoostSpec, meanHessian: number): GrowRules {
  return {
    l2: spec.l2,
    hessianMin: spec.leafMin * meanHessian,
    leavesMax: spec.leavesMax,
    featuresPerTree: spec.featuresPerTree,
    featuresPerSplit: 1,
  }
}

/** Starts every row at the best constant. */
function fittedOf({ table, rows, target, weight, start }: Lesson, loss: Loss): Fitted {
  if (start !== undefined) return { target, weight, score: start.slice() }
  const score = new Float64Array(table.rows)
  score.fill(Math.fround(startOf({ rows, target, weight }, loss)))
  return { target, weight, score }
}

function startOf(
  { rows, target, weight }: Pick<Lesson, 'rows' | 'target' | 'weight'>,
  loss: Loss,
): number {
  if (loss.kind === 'quantile') {
    const pick = (from: Float64Array): Float64Array => Float64Array.from(rows, (row) => from[row]!)
    return weightedQuantile(pick(target), pick(weight), loss.share)
  }
  let sum = 0
  let total = 0
  for (const row of rows) {
    sum += weight[row]! * target[row]!
    total += weight[row]!
  }
  const mean = total > 0 ? sum / total : 0
  if (loss.kind === 'choice') return 0
  if (loss.kind === 'poisson') return Math.log(Math.max(1e-6, mean))
  return mean
}

type State = {
  readonly fitted: Fitted
  readonly slopes: { readonly gradient: Float64Array; readonly hessian: Float64Array }
}

/** The correction of a leaf: a Newton step, or the quantile of its residuals. */
function stepOf(spec: BoostSpec, { fitted, slopes }: State, rows: Int32Array): number {
  if (spec.loss.kind === 'quantile') {
    const residual = new Float64Array(rows.length)
    const weight = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at]!
      residual[at] = fitted.target[row]! - fitted.score[row]!
      weight[at] = fitted.weight[row]!
    }
    return weightedQuantile(residual, weight, spec.loss.share)
  }
  let gradient = 0
  let hessian = 0
  for (const row of rows) {
    gradient += slopes.gradient[row]!
    hessian += slopes.hessian[row]!
  }
  return -gradient / (hessian + spec.l2)
}

type Applied = {
  readonly table: BinnedTable
  readonly grown: GrownTree
  readonly rows: Int32Array
  /** The tree was grown on all rows, so every one of them already lies in a leaf. */
  readonly whole: boolean
}

function addScores(
  score: Float64Array,
  { table, grown, rows, whole }: Applied,
  values: ReadonlyMap<Int32Array, number>,
): void {
  if (whole) {
    for (const leaf of grown.leaves) {
      const value = values.get(leaf.rows) ?? 0
      for (const row of leaf.rows) score[row] = score[row]! + value
    }
    return
  }
  const byNode = new Float64Array(grown.splits.length)
  for (const leaf of grown.leaves) byNode[leaf.node] = values.get(leaf.rows) ?? 0
  for (const row of rows) score[row] = score[row]! + byNode[leafOfBins(table, grown, row)]!
}

function leafOfBins(table: BinnedTable, grown: GrownTree, row: number): number {
  let node = 0
  for (let split = grown.splits[0]; split !== undefined; split = grown.splits[node]) {
    const bin = table.bins[split.feature * table.rows + row]!
    const goesLeft = bin === 0 ? split.missingLeft : bin <= split.bin
    node = goesLeft ? grown.left[node]! : grown.right[node]!
  }
  return node
}

function bagOf(rows: Int32Array, share: number, chance: () => number): Int32Array {
  if (share >= 1) return rows
  const drawn = drawWithout(chance, rows.length, Math.max(1, Math.round(share * rows.length)))
  return drawn.map((at) => rows[at]!)
}

function meanOf(values: Float64Array, rows: Int32Array): number {
  let sum = 0
  for (const row of rows) sum += values[row]!
  return sum / Math.max(1, rows.length)
}
