import type { FeatureTable } from './feature-table.ts'

/**
 * One tree as flat arrays by node number; node 0 is the root. A value goes left when it is at most
 * the threshold; a missing one goes left when `missingLeft` is 1. A leaf adds `leafValue[i]` to
 * target `leafTarget[i]` for i from `leafStart[node]` to `leafStart[node + 1]`.
 */
export type Tree = {
  /** −1 in a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float32Array
  readonly missingLeft: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly leafStart: Int32Array
  readonly leafTarget: Uint16Array
  readonly leafValue: Float32Array
}

/** Trees whose leaves are added up on `base`, one sum for each target. */
export type Ensemble = {
  readonly features: readonly string[]
  readonly targets: number
  readonly base: Float32Array
  readonly trees: readonly Tree[]
}

/** The number of the leaf a row ends in. */
export function leafOf(tree: Tree, table: FeatureTable, row: number): number {
  const { feature, threshold, missingLeft, left, right } = tree
  let node = 0
  for (let at = feature[0]!; at >= 0; at = feature[node]!) {
    const value = table.cells[at * table.rows + row]!
    const goesLeft = Number.isNaN(value) ? missingLeft[node] === 1 : value <= threshold[node]!
    node = goesLeft ? left[node]! : right[node]!
  }
  return node
}

/**
 * Evaluates every row: the parity oracle of the ONNX graph, and its stand-in where the runtime's
 * binding is missing.
 * @returns `targets` values a row, row after row
 */
export function evaluate(ensemble: Ensemble, table: FeatureTable): Float32Array {
  const { targets, base, trees } = ensemble
  const sums = new Float64Array(table.rows * targets)
  for (let at = 0; at < sums.length; at += 1) sums[at] = base[at % targets]!
  for (const tree of trees) {
    for (let row = 0; row < table.rows; row += 1) {
      const leaf = leafOf(tree, table, row)
      const to = tree.leafStart[leaf + 1]!
      for (let at = tree.leafStart[leaf]!; at < to; at += 1) {
        const target = row * targets + tree.leafTarget[at]!
        sums[target] = sums[target]! + tree.leafValue[at]!
      }
    }
  }
  return Float32Array.from(sums)
}

/** One ensemble whose targets are those of the parts, one after the other. */
export function joinTargets(parts: readonly Ensemble[]): Ensemble {
  const trees: Tree[] = []
  const base: number[] = []
  for (const part of parts) {
    const shift = base.length
    base.push(...part.base)
    for (const tree of part.trees) {
      trees.push({ ...tree, leafTarget: tree.leafTarget.map((target) => target + shift) })
    }
  }
  return {
    features: parts[0]?.features ?? [],
    targets: base.length,
    base: Float32Array.from(base),
    trees,
  }
}
