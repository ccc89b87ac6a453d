import type { Ensemble, Tree } from '../trees/tree.ts'
import type { ReadAttribute, ReadModel, ReadNode } from './read-model.ts'

/** One output of a model as our own evaluation needs it. */
export type ReadOutput = {
  readonly name: string
  readonly ensemble: Ensemble
  readonly exponential: boolean
}

/**
 * The outputs of a model that our writer could have written: every tree ensemble a sum, every
 * exponential of one of them. Undefined for any other graph, and for trees that lead out of their
 * arrays or back to a node before.
 */
export function readOutputs(
  model: ReadModel,
  features: readonly string[],
): readonly ReadOutput[] | undefined {
  const sums = new Map<string, Ensemble>()
  const outputs: ReadOutput[] = []
  for (const node of model.nodes) {
    const to = node.outputs[0] ?? ''
    if (node.operator === 'Exp') {
      const ensemble = sums.get(node.inputs[0] ?? '')
      if (ensemble === undefined) return undefined
      outputs.push({ name: to, ensemble, exponential: true })
      continue
    }
    const ensemble = node.operator === 'TreeEnsembleRegressor' && ensembleOf(node, features)
    if (ensemble === undefined || ensemble === false) return undefined
    sums.set(to, ensemble)
    if (model.outputs.includes(to)) outputs.push({ name: to, ensemble, exponential: false })
  }
  const named = outputs.map(({ name }) => name)
  const asked = model.outputs.every((name) => named.includes(name))
  return asked && outputs.length === model.outputs.length ? outputs : undefined
}

function ensembleOf({ attributes }: ReadNode, features: readonly string[]): Ensemble | undefined {
  const arrays = arraysOf(attributes)
  const targets = intOf(attributes.get('n_targets'))
  if (arrays === undefined || targets === undefined || targets < 1) return undefined
  if (!isPlainSum(attributes)) return undefined
  const base = attributes.get('base_values')
  const starts = base?.kind === 'floats' ? base.values : new Float32Array(targets)
  if (starts.length !== targets) return undefined
  const limits = { features: features.length, targets }
  const trees = treesOf(arrays, limits)
  return trees && { features, targets, base: starts, trees }
}

function isPlainSum(attributes: ReadNode['attributes']): boolean {
  const text = (name: string, usual: string): string => {
    const one = attributes.get(name)
    return one?.kind === 'text' ? one.value : usual
  }
  return text('aggregate_function', 'SUM') === 'SUM' && text('post_transform', 'NONE') === 'NONE'
}

type Arrays = {
  readonly treeIds: Int32Array
  readonly nodeIds: Int32Array
  readonly features: Int32Array
  readonly values: Float32Array
  readonly missing: Int32Array
  readonly modes: readonly string[]
  readonly yes: Int32Array
  readonly no: Int32Array
  readonly leafTrees: Int32Array
  readonly leafNodes: Int32Array
  readonly leafTargets: Int32Array
  readonly leafWeights: Float32Array
}

function arraysOf(attributes: ReadNode['attributes']): Arrays | undefined {
  const ints = (name: string): Int32Array => {
    const one = attributes.get(name)
    return one?.kind === 'ints' ? one.values : new Int32Array(0)
  }
  const floats = (name: string): Float32Array => {
    const one = attributes.get(name)
    return one?.kind === 'floats' ? one.values : new Float32Array(0)
  }
  const modes = attributes.get('nodes_modes')
  const arrays: Arrays = {
    treeIds: ints('nodes_treeids'),
    nodeIds: ints('nodes_nodeids'),
    features: ints('nodes_featureids'),
    values: floats('nodes_values'),
    missing: ints('nodes_missing_value_tracks_true'),
    modes: modes?.kind === 'texts' ? modes.values : [],
    yes: ints('nodes_truenodeids'),
    no: ints('nodes_falsenodeids'),
    leafTrees: ints('target_treeids'),
    leafNodes: ints('target_nodeids'),
    leafTargets: ints('target_ids'),
    leafWeights: floats('target_weights'),
  }
  const { treeIds, nodeIds, features, values, missing, yes, no } = arrays
  const byNode = [nodeIds, features, values, missing, arrays.modes, yes, no]
  const byLeaf = [arrays.leafNodes, arrays.leafTargets, arrays.leafWeights]
  const even =
    byNode.every(({ length }) => length === treeIds.length) &&
    byLeaf.every(({ length }) => length === arrays.leafTrees.length)
  return even && treeIds.length > 0 ? arrays : undefined
}

type TreeLimits = { readonly features: number; readonly targets: number }

/** Nodes of a tree lie together, numbered from 0, trees in their order. */
function treesOf(arrays: Arrays, limits: TreeLimits): readonly Tree[] | undefined {
  const { treeIds, leafTrees } = arrays
  const trees: Tree[] = []
  let leaf = 0
  for (let from = 0; from < treeIds.length;) {
    let to = from
    while (to < treeIds.length && treeIds[to] === treeIds[from]) to += 1
    let leafTo = leaf
    while (leafTo < leafTrees.length && leafTrees[leafTo] === treeIds[from]) leafTo += 1
    const tree = treeOf(arrays, { from, to, leafFrom: leaf, leafTo }, limits)
    if (tree === undefined || treeIds[from] !== trees.length) return undefined
    trees.push(tree)
    from = to
    leaf = leafTo
  }
  return leaf === leafTrees.length ? trees : undefined
}

type Span = {
  readonly from: number
  readonly to: number
  readonly leafFrom: number
  readonly leafTo: number
}

function treeOf(arrays: Arrays, span: Span, limits: TreeLimits): Tree | undefined {
  const nodes = span.to - span.from
  const isLeaf = arrays.modes.slice(span.from, span.to).map((mode) => mode === 'LEAF')
  if (!nodesFit(arrays, { span, isLeaf, limits })) return undefined
  const part = (of: Int32Array): Int32Array =>
    of.slice(span.from, span.to).map((value, node) => (isLeaf[node] === true ? -1 : value))
  const leafStart = leafStarts(arrays, { span, isLeaf, limits })
  return (
    leafStart && {
      feature: part(arrays.features),
      threshold: arrays.values.slice(span.from, span.to),
      missingLeft: Uint8Array.from({ length: nodes }, (_, node) =>
        arrays.missing[span.from + node] === 1 ? 1 : 0,
      ),
      left: part(arrays.yes),
      right: part(arrays.no),
      leafStart,
      leafTarget: Uint16Array.from(arrays.leafTargets.subarray(span.leafFrom, span.leafTo)),
      leafValue: arrays.leafWeights.slice(span.leafFrom, span.leafTo),
    }
  )
}

type TreeCheck = {
  readonly span: Span
  readonly isLeaf: readonly boolean[]
  readonly limits: TreeLimits
}

/** Children lie after their parent, so that every way down ends. */
function nodesFit(arrays: Arrays, { span, isLeaf, limits }: TreeCheck): boolean {
  return isLeaf.every((leaf, node) => {
    const at = span.from + node
    if (arrays.nodeIds[at] !== node) return false
    if (leaf) return true
    const inside = (child: number): boolean => child > node && child < span.to - span.from
    return (
      arrays.modes[at] === 'BRANCH_LEQ' &&
      arrays.features[at]! < limits.features &&
      inside(arrays.yes[at]!) &&
      inside(arrays.no[at]!)
    )
  })
}

/** Where each node's entries begin; undefined unless they follow the nodes and are of leaves. */
function leafStarts(
  { leafNodes, leafTargets }: Arrays,
  { span, isLeaf, limits }: TreeCheck,
): Int32Array | undefined {
  const starts = new Int32Array(isLeaf.length + 1)
  let last = 0
  for (let at = span.leafFrom; at < span.leafTo; at += 1) {
    const node = leafNodes[at]!
    if (node < last || isLeaf[node] !== true || leafTargets[at]! >= limits.targets) return undefined
    last = node
    starts[node + 1] = starts[node + 1]! + 1
  }
  for (let node = 0; node < isLeaf.length; node += 1) {
    starts[node + 1] = starts[node + 1]! + starts[node]!
  }
  return starts
}

function intOf(attribute: ReadAttribute | undefined): number | undefined {
  return attribute?.kind === 'int' ? attribute.value : undefined
}
