import { drawWithout, type Chance } from '../chance.ts'
import type { BinnedTable } from './bins.ts'
import {
  emptyHistogram,
  fillHistogram,
  subtractHistogram,
  type Histogram,
  type Slopes,
} from './histogram.ts'
import { bestSplit, type Split, type SplitRules } from './split.ts'

export type GrowRules = SplitRules & {
  /** Grown best gain first up to this many leaves; without it, to the end. */
  readonly leavesMax: number
  /** Share of the features that each tree sees. */
  readonly featuresPerTree: number
  /** Share of those that each split may choose among. */
  readonly featuresPerSplit: number
}

/** The shape of a tree and the rows of its leaves; what a leaf says is filled in afterwards. */
export type GrownTree = {
  readonly splits: readonly (Split | undefined)[]
  readonly left: Int32Array
  readonly right: Int32Array
  readonly leaves: readonly { readonly node: number; readonly rows: Int32Array }[]
}

type OpenLeaf = {
  readonly node: number
  readonly from: number
  readonly to: number
  readonly histogram: Histogram
  readonly gradient: number
  readonly hessian: number
  readonly split: Split
}

type Growth = {
  readonly table: BinnedTable
  readonly slopes: Slopes
  readonly rules: GrowRules
  readonly chance: Chance
  readonly order: Int32Array
  readonly scratch: Int32Array
  readonly features: Int32Array
  readonly spare: Histogram[]
  readonly splits: (Split | undefined)[]
  readonly left: number[]
  readonly right: number[]
  readonly closed: { readonly node: number; readonly from: number; readonly to: number }[]
}

/**
 * Grows one tree on the rows: leaf by leaf, the best gain first, the histogram of the larger child
 * by subtraction.
 */
export function growTree(
  table: BinnedTable,
  { rows, slopes, chance }: GrowOn,
  rules: GrowRules,
): GrownTree {
  const wanted = Math.max(1, Math.round(table.features * rules.featuresPerTree))
  const growth: Growth = {
    table,
    slopes,
    rules,
    chance,
    order: rows.slice(),
    scratch: new Int32Array(rows.length),
    features: drawWithout(chance, table.features, wanted),
    spare: [],
    splits: [],
    left: [],
    right: [],
    closed: [],
  }
  const open: OpenLeaf[] = []
  openRoot(growth, open)
  while (open.length > 0) {
    const full = open.length + growth.closed.length >= rules.leavesMax
    const leaf = takeNext(open, rules.leavesMax)
    if (full) close(growth, leaf)
    else splitLeaf(growth, leaf, open)
  }
  return {
    splits: growth.splits,
    left: Int32Array.from(growth.left),
    right: Int32Array.from(growth.right),
    leaves: growth.closed.map(({ node, from, to }) => ({
      node,
      rows: growth.order.subarray(from, to),
    })),
  }
}

export type GrowOn = {
  readonly rows: Int32Array
  readonly slopes: Slopes
  readonly chance: Chance
}

function openRoot(growth: Growth, open: OpenLeaf[]): void {
  const histogram = takeHistogram(growth)
  const range = { order: growth.order, from: 0, to: growth.order.length }
  fillHistogram(growth.table, { ...growth, range }, histogram)
  const { gradient, hessian } = totalsOf(growth, range)
  consider(growth, { ...range, node: addNode(growth), histogram, gradient, hessian }, open)
}

/** The best leaf when leaves are counted; otherwise the newest, which needs the least memory. */
function takeNext(open: OpenLeaf[], leavesMax: number): OpenLeaf {
  let best = open.length - 1
  if (Number.isFinite(leavesMax)) {
    for (let at = 0; at < open.length; at += 1) {
      if (open[at]!.split.gain > open[best]!.split.gain) best = at
    }
  }
  const leaf = open[best]!
  open[best] = open[open.length - 1]!
  open.pop()
  return leaf
}

/** Opens a node that can be split, closes one that cannot. */
function consider(growth: Growth, leaf: Omit<OpenLeaf, 'split'>, open: OpenLeaf[]): void {
  const { table, features, rules, chance } = growth
  const among =
    rules.featuresPerSplit < 1
      ? drawWithout(
          chance,
          features.length,
          Math.ceil(features.length * rules.featuresPerSplit),
        ).map((at) => features[at]!)
      : features
  const { histogram, gradient, hessian } = leaf
  const enough = hessian >= 2 * rules.hessianMin
  const split = enough
    ? bestSplit(table, { histogram, features: among, totals: { gradient, hessian } }, rules)
    : undefined
  if (split === undefined) close(growth, leaf)
  else open.push({ ...leaf, split })
}

function close(growth: Growth, { node, from, to, histogram }: Omit<OpenLeaf, 'split'>): void {
  growth.closed.push({ node, from, to })
  growth.spare.push(histogram)
}

function splitLeaf(growth: Growth, leaf: OpenLeaf, open: OpenLeaf[]): void {
  const { table, order } = growth
  const { node, from, to, split } = leaf
  const middle = partition(growth, leaf)
  growth.splits[node] = split
  const leftNode = addNode(growth)
  const rightNode = addNode(growth)
  growth.left[node] = leftNode
  growth.right[node] = rightNode
  const leftSmaller = middle - from <= to - middle
  const small = leftSmaller ? { order, from, to: middle } : { order, from: middle, to }
  const large = leftSmaller ? { order, from: middle, to } : { order, from, to: middle }
  const ofSmall = takeHistogram(growth)
  fillHistogram(table, { ...growth, range: small }, ofSmall)
  subtractHistogram(leaf.histogram, ofSmall)
  const { gradient, hessian } = totalsOf(growth, small)
  const smallLeaf = {
    ...small,
    node: leftSmaller ? leftNode : rightNode,
    histogram: ofSmall,
    gradient,
    hessian,
  }
  const largeLeaf = {
    ...large,
    node: leftSmaller ? rightNode : leftNode,
    histogram: leaf.histogram,
    gradient: leaf.gradient - gradient,
    hessian: leaf.hessian - hessian,
  }
  consider(growth, leftSmaller ? smallLeaf : largeLeaf, open)
  consider(growth, leftSmaller ? largeLeaf : smallLeaf, open)
}

/** Puts the rows that go left first, each side in its order, and gives the first of the right. */
function partition(growth: Growth, { from, to, split }: OpenLeaf): number {
  const { table, order, scratch } = growth
  const start = split.feature * table.rows
  let left = from
  let right = 0
  for (let at = from; at < to; at += 1) {
    const row = order[at]!
    const bin = table.bins[start + row]!
    if (bin === 0 ? split.missingLeft : bin <= split.bin) {
      order[left] = row
      left += 1
    } else {
      scratch[right] = row
      right += 1
    }
  }
  for (let at = 0; at < right; at += 1) order[left + at] = scratch[at]!
  return left
}

function totalsOf(
  { slopes, order }: Growth,
  { from, to }: { readonly from: number; readonly to: number },
): { readonly gradient: number; readonly hessian: number } {
  let gradient = 0
  let hessian = 0
  for (let at = from; at < to; at += 1) {
    gradient += slopes.gradient[order[at]!]!
    hessian += slopes.hessian[order[at]!]!
  }
  return { gradient, hessian }
}

function addNode(growth: Growth): number {
  growth.splits.push(undefined)
  growth.left.push(-1)
  growth.right.push(-1)
  return growth.splits.length - 1
}

function takeHistogram(growth: Growth): Histogram {
  return growth.spare.pop() ?? emptyHistogram(growth.table)
}
