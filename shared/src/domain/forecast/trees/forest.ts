import { seededChance } from '../chance.ts'
import type { Lesson } from './boost.ts'
import { treeOf, type LeafSums } from './fill-leaves.ts'
import { growTree } from './grow-tree.ts'
import type { Ensemble, Tree } from './tree.ts'

export type ForestSpec = {
  readonly trees: number
  readonly leafMin: number
  /** Share of the features that each split may choose among. */
  readonly featuresPerSplit: number
  /** At most so many classes of target values in the distribution of a leaf. */
  readonly classesMax: number
  /** Share of the rows drawn, with replacement, for each tree. */
  readonly rowsPerTree: number
}

/**
 * A random forest whose leaves hold a distribution: the share of their rows in each class of
 * target values. Averaged over the trees it is the distribution of the forecast.
 */
export type Forest = {
  readonly ensemble: Ensemble
  /** Mean target of each class, rising. */
  readonly centres: Float64Array
}

export function growForest(lesson: Lesson, spec: ForestSpec, seed: number): Forest {
  const chance = seededChance(seed)
  const { table, rows, target, weight } = lesson
  const { classOf, centres } = classesOf(lesson, spec.classesMax)
  const slopes = { gradient: new Float64Array(table.rows), hessian: new Float64Array(table.rows) }
  const rules = {
    l2: 0,
    hessianMin: spec.leafMin,
    leavesMax: Number.POSITIVE_INFINITY,
    featuresPerTree: 1,
    featuresPerSplit: spec.featuresPerSplit,
  }
  const drawn = Math.max(1, Math.round(spec.rowsPerTree * rows.length))
  const trees: Tree[] = []
  for (let at = 0; at < spec.trees; at += 1) {
    slopes.hessian.fill(0)
    for (let draw = 0; draw < drawn; draw += 1) {
      const row = rows[Math.floor(chance() * rows.length)]!
      slopes.hessian[row] = slopes.hessian[row]! + weight[row]!
    }
    for (const row of rows) slopes.gradient[row] = -slopes.hessian[row]! * target[row]!
    const bag = rows.filter((row) => slopes.hessian[row]! > 0)
    const grown = growTree(table, { rows: bag, slopes, chance }, rules)
    const say = (leafRows: Int32Array): LeafSums =>
      sharesOf(leafRows, { classOf, weight: slopes.hessian, trees: spec.trees })
    trees.push(treeOf(table, grown, say))
  }
  const targets = centres.length
  const base = new Float32Array(targets)
  return { ensemble: { features: lesson.names, targets, base, trees }, centres }
}

type Shares = {
  readonly classOf: Uint16Array
  readonly weight: Float64Array
  readonly trees: number
}

function sharesOf(rows: Int32Array, { classOf, weight, trees }: Shares): LeafSums {
  const sums = new Map<number, number>()
  let total = 0
  for (const row of rows) {
    const own = classOf[row]!
    sums.set(own, (sums.get(own) ?? 0) + weight[row]!)
    total += weight[row]!
  }
  const targets = [...sums.keys()].sort((a, b) => a - b)
  return { targets, values: targets.map((own) => (sums.get(own) ?? 0) / (total * trees)) }
}

/** Parts the targets into classes of about equal share; equal values are never parted. */
function classesOf(
  { table, rows, target }: Lesson,
  classesMax: number,
): { readonly classOf: Uint16Array; readonly centres: Float64Array } {
  const sorted = rows.slice().sort((a, b) => target[a]! - target[b]!)
  const classOf = new Uint16Array(table.rows)
  const sums: number[] = []
  const counts: number[] = []
  let last = Number.NaN
  for (let at = 0; at < sorted.length; at += 1) {
    const value = target[sorted[at]!]!
    const wanted = Math.floor((at * classesMax) / sorted.length)
    if (value !== last && wanted >= sums.length) {
      sums.push(0)
      counts.push(0)
    }
    const own = Math.max(0, sums.length - 1)
    sums[own] = (sums[own] ?? 0) + value
    counts[own] = (counts[own] ?? 0) + 1
    classOf[sorted[at]!] = own
    last = value
  }
  return { classOf, centres: Float64Array.from(sums, (sum, own) => sum / counts[own]!) }
}

/** The quantile of a row's distribution, between the middles of the classes. */
export function forestQuantile(shares: Float32Array, centres: Float64Array, share: number): number {
  let before = 0
  let lastAt = 0
  let lastMiddle = Number.NaN
  for (let own = 0; own < centres.length; own += 1) {
    const mass = shares[own]!
    if (mass <= 0) continue
    const middle = before + mass / 2
    if (middle >= share) {
      if (Number.isNaN(lastMiddle)) return centres[own]!
      const part = (share - lastMiddle) / (middle - lastMiddle)
      return centres[lastAt]! + part * (centres[own]! - centres[lastAt]!)
    }
    before += mass
    lastAt = own
    lastMiddle = middle
  }
  return centres[lastAt] ?? 0
}

/** The mean of a row's distribution. */
export function forestMean(shares: Float32Array, centres: Float64Array): number {
  let sum = 0
  let mass = 0
  for (let own = 0; own < centres.length; own += 1) {
    sum += shares[own]! * centres[own]!
    mass += shares[own]!
  }
  return mass > 0 ? sum / mass : 0
}
