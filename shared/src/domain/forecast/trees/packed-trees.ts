import type { ModelAnswers } from '../bundle/golden-rows.ts'
import { partsOf } from '../onnx/cut-attributes.ts'
import type { ReadOutput } from '../onnx/read-ensemble.ts'
import type { FeatureTable } from './feature-table.ts'
import type { Tree } from './tree.ts'

/**
 * The trees of one output in flat arrays, as they are kept: they are read from a file without being
 * looked at, where a graph takes longer to read than to answer.
 */
export type PackedOutput = {
  readonly name: string
  readonly exponential: boolean
  readonly base: Float32Array
  /** The first node of each tree. */
  readonly roots: Int32Array
  /** How many trees each part has that is summed by itself. */
  readonly parts: readonly number[]
  /** −1 in a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float32Array
  readonly missingLeft: Int32Array
  /** The next node; in a leaf its first entry, and on the right the one after its last. */
  readonly left: Int32Array
  readonly right: Int32Array
  readonly leafTarget: Int32Array
  readonly leafValue: Float32Array
}

/** @param entriesMax nodes and leaf values of a part, as the model is cut for the runtime */
export function packTrees(
  outputs: readonly ReadOutput[],
  entriesMax: number,
): readonly PackedOutput[] {
  return outputs.map(({ name, exponential, ensemble: { base, trees } }) => {
    const nodes = endsOf(trees, ({ feature }) => feature.length)
    const leaves = endsOf(trees, ({ leafValue }) => leafValue.length)
    const starts = (ends: Int32Array): Int32Array => Int32Array.of(0, ...ends.subarray(0, -1))
    const [nodeStarts, leafStarts] = [starts(nodes), starts(leaves)]
    const next = (of: 'left' | 'right'): Int32Array =>
      joinedInts(trees, (tree, at) =>
        tree[of].map((child, node) => {
          if (tree.feature[node]! >= 0) return nodeStarts[at]! + child
          return leafStarts[at]! + tree.leafStart[node + (of === 'left' ? 0 : 1)]!
        }),
      )
    let before = 0
    const parts = partsOf(nodes, leaves, entriesMax).map((part) => {
      const upTo = nodes.indexOf(part.nodes) + 1
      const count = upTo - before
      before = upTo
      return count
    })
    return {
      ...{ name, exponential, base, parts, roots: nodeStarts },
      feature: joinedInts(trees, ({ feature }) => feature),
      threshold: joinedFloats(trees, ({ threshold }) => threshold),
      missingLeft: joinedInts(trees, ({ missingLeft }) => missingLeft),
      ...{ left: next('left'), right: next('right') },
      leafTarget: joinedInts(trees, ({ leafTarget }) => leafTarget),
      leafValue: joinedFloats(trees, ({ leafValue }) => leafValue),
    }
  })
}

function endsOf(trees: readonly Tree[], sizeOf: (tree: Tree) => number): Int32Array {
  let end = 0
  return Int32Array.from(trees, (tree) => (end += sizeOf(tree)))
}

function joinedInts(
  trees: readonly Tree[],
  of: (tree: Tree, at: number) => ArrayLike<number>,
): Int32Array {
  const pieces = trees.map(of)
  const out = new Int32Array(pieces.reduce((sum, { length }) => sum + length, 0))
  place(out, pieces)
  return out
}

function joinedFloats(trees: readonly Tree[], of: (tree: Tree) => Float32Array): Float32Array {
  const pieces = trees.map(of)
  const out = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0))
  place(out, pieces)
  return out
}

function place(into: Int32Array | Float32Array, pieces: readonly ArrayLike<number>[]): void {
  let at = 0
  for (const piece of pieces) {
    into.set(piece, at)
    at += piece.length
  }
}

/**
 * What the runtime answers, to the bit: it adds the leaves of a part in float32 and in the order of the
 * trees, and the parts are added in float32 again to what the sum begins with.
 */
export function runPacked(outputs: readonly PackedOutput[], table: FeatureTable): ModelAnswers {
  return new Map(
    outputs.map((output): [string, Float32Array] => {
      const sums = sumsOf(output, table)
      return [output.name, output.exponential ? sums.map((sum) => Math.exp(sum)) : sums]
    }),
  )
}

function sumsOf(output: PackedOutput, { rows, cells }: FeatureTable): Float32Array {
  const { base, roots, parts } = output
  const targets = base.length
  const sums = new Float32Array(rows * targets).map((_, at) => base[at % targets]!)
  const own = new Float32Array(rows * targets)
  let tree = 0
  for (const count of parts) {
    own.fill(0)
    for (const end = tree + count; tree < end; tree += 1) {
      addTree(output, roots[tree]!, { rows, cells, into: own })
    }
    // Each store rounds to float32.
    for (let at = 0; at < sums.length; at += 1) sums[at] = sums[at]! + own[at]!
  }
  return sums
}

type AddOn = Pick<FeatureTable, 'rows' | 'cells'> & { readonly into: Float32Array }

function addTree(
  { base, feature, threshold, missingLeft, left, right, leafTarget, leafValue }: PackedOutput,
  root: number,
  { rows, cells, into }: AddOn,
): void {
  const targets = base.length
  for (let row = 0; row < rows; row += 1) {
    let node = root
    for (let at = feature[node]!; at >= 0; at = feature[node]!) {
      const value = cells[at * rows + row]!
      // A missing value is not equal to itself.
      const goesLeft = value === value ? value <= threshold[node]! : missingLeft[node] === 1
      node = goesLeft ? left[node]! : right[node]!
    }
    for (let entry = left[node]!; entry < right[node]!; entry += 1) {
      const target = row * targets + leafTarget[entry]!
      into[target] = into[target]! + leafValue[entry]!
    }
  }
}

/** Whether two answer the same to the bit, every output and row. */
export function sameAnswers(some: ModelAnswers, others: ModelAnswers): boolean {
  return (
    some.size === others.size &&
    [...some].every(([name, values]) => {
      const other = others.get(name)
      return other?.length === values.length && values.every((value, at) => value === other[at])
    })
  )
}
