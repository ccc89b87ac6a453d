import { z } from 'zod'
import type { PackedOutput } from '@baari/shared/domain/forecast/trees/packed-trees'
import { readNumbers, writeNumbers, type Hash } from './number-file.ts'

const count = z.int().min(0).max(10_000_000)
const packedHead = z.object({
  model: z.string(),
  outputs: z
    .array(
      z.object({
        ...{ name: z.string(), exponential: z.boolean(), parts: z.array(count).min(1) },
        ...{ targets: count, trees: count, nodes: count, entries: count },
      }),
    )
    .min(1)
    .max(8),
})

/**
 * The packed trees of a model as a file.
 * @param model hash of the model's file
 */
export function writePacked(
  outputs: readonly PackedOutput[],
  model: string,
  hash: Hash,
): Uint8Array {
  const head: z.output<typeof packedHead> = {
    model,
    outputs: outputs.map(({ name, exponential, parts, base, roots, feature, leafValue }) => ({
      ...{ name, exponential, parts: [...parts] },
      ...{ targets: base.length, trees: roots.length },
      ...{ nodes: feature.length, entries: leafValue.length },
    })),
  }
  const lists = outputs.flatMap((one) => [
    ...[one.base, one.roots, one.feature, one.threshold, one.missingLeft],
    ...[one.left, one.right, one.leafTarget, one.leafValue],
  ])
  return writeNumbers(head, lists, hash)
}

/** Undefined unless the file is whole and of this model. */
export function readPacked(
  bytes: Uint8Array | undefined,
  model: string,
  hash: Hash,
): readonly PackedOutput[] | undefined {
  const file = readNumbers(bytes, hash)
  const { data: head } = packedHead.safeParse(file?.head)
  if (file === undefined || head?.model !== model) return undefined
  const ints = (of: number): Int32Array => file.ints(of) ?? new Int32Array(0)
  const floats = (of: number): Float32Array => file.floats(of) ?? new Float32Array(0)
  const outputs = head.outputs.map(
    ({ targets, trees, nodes, entries, ...output }): PackedOutput => ({
      ...output,
      ...{ base: floats(targets), roots: ints(trees), feature: ints(nodes) },
      ...{ threshold: floats(nodes), missingLeft: ints(nodes) },
      ...{ left: ints(nodes), right: ints(nodes) },
      ...{ leafTarget: ints(entries), leafValue: floats(entries) },
    }),
  )
  return file.isAtEnd() ? outputs : undefined
}
