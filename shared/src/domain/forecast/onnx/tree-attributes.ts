import type { Ensemble, Tree } from '../trees/tree.ts'
import type { OnnxAttribute } from './attributes.ts'

/** The attributes of `TreeEnsembleRegressor`, ai.onnx.ml operator set 3, for a sum of trees. */
export function treeAttributes({ trees, targets, base }: Ensemble): readonly OnnxAttribute[] {
  const ints = (
    name: string,
    of: (tree: Tree, treeId: number) => Iterable<number>,
  ): OnnxAttribute => ({
    name,
    kind: 'ints',
    values: eachTree(trees, of),
  })
  const values = trees.flatMap(({ threshold }) => [...threshold])
  const weights = trees.flatMap(({ leafValue }) => [...leafValue])
  const attributes: readonly OnnxAttribute[] = [
    { name: 'aggregate_function', kind: 'text', value: 'SUM' },
    { name: 'n_targets', kind: 'int', value: targets },
    ints('nodes_falsenodeids', ({ right }) => right.map(leafAsZero)),
    ints('nodes_featureids', ({ feature }) => feature.map(leafAsZero)),
    ints('nodes_missing_value_tracks_true', ({ missingLeft }) => missingLeft),
    { name: 'nodes_modes', kind: 'strings', values: modesOf(trees) },
    ints('nodes_nodeids', ({ feature }) => feature.keys()),
    ints('nodes_treeids', ({ feature }, treeId) => feature.map(() => treeId)),
    ints('nodes_truenodeids', ({ left }) => left.map(leafAsZero)),
    { name: 'nodes_values', kind: 'floats', values },
    { name: 'post_transform', kind: 'text', value: 'NONE' },
    ints('target_ids', ({ leafTarget }) => leafTarget),
    ints('target_nodeids', leafNodes),
    ints('target_treeids', ({ leafTarget }, treeId) => Int32Array.from(leafTarget, () => treeId)),
    { name: 'target_weights', kind: 'floats', values: weights },
  ]
  if (base.every((value) => value === 0)) return attributes
  return [...attributes, { name: 'base_values', kind: 'floats', values: base }]
}

const leafAsZero = (value: number): number => Math.max(0, value)

function* eachTree(
  trees: readonly Tree[],
  of: (tree: Tree, treeId: number) => Iterable<number>,
): Generator<number> {
  for (let treeId = 0; treeId < trees.length; treeId += 1) yield* of(trees[treeId]!, treeId)
}

function* modesOf(trees: readonly Tree[]): Generator<string> {
  for (const { feature } of trees) {
    for (const at of feature) yield at < 0 ? 'LEAF' : 'BRANCH_LEQ'
  }
}

/** The node of each leaf entry. */
function* leafNodes({ leafStart }: Tree): Generator<number> {
  for (let node = 0; node + 1 < leafStart.length; node += 1) {
    for (let at = leafStart[node]!; at < leafStart[node + 1]!; at += 1) yield node
  }
}
