import type { BinnedTable } from './bins.ts'
import type { GrownTree } from './grow-tree.ts'
import type { Tree } from './tree.ts'

/** What one leaf adds, target by target; targets that get nothing are left out. */
export type LeafSums = { readonly targets: readonly number[]; readonly values: readonly number[] }

/** A grown tree with what its leaves say. */
export function treeOf(
  table: BinnedTable,
  grown: GrownTree,
  say: (rows: Int32Array) => LeafSums,
): Tree {
  const nodes = grown.splits.length
  const said = new Map(grown.leaves.map(({ node, rows }) => [node, say(rows)]))
  const leafStart = new Int32Array(nodes + 1)
  const targets: number[] = []
  const values: number[] = []
  for (let node = 0; node < nodes; node += 1) {
    const leaf = said.get(node)
    if (leaf !== undefined) {
      targets.push(...leaf.targets)
      values.push(...leaf.values)
    }
    leafStart[node + 1] = targets.length
  }
  return {
    feature: Int32Array.from(grown.splits, (split) => split?.feature ?? -1),
    threshold: Float32Array.from(grown.splits, (split) =>
      split === undefined ? 0 : thresholdOf(table, split.feature, split.bin),
    ),
    missingLeft: Uint8Array.from(grown.splits, (split) => Number(split?.missingLeft ?? false)),
    left: grown.left,
    right: grown.right,
    leafStart,
    leafTarget: Uint16Array.from(targets),
    leafValue: Float32Array.from(values),
  }
}

/** The last bin has no upper bound: a split after it parts the missing values from all others. */
function thresholdOf(table: BinnedTable, feature: number, bin: number): number {
  return table.cuts[feature]![bin - 1] ?? 3.4028234663852886e38
}
