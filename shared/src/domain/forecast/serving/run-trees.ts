import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { ReadOutput } from '../onnx/read-ensemble.ts'
import type { FeatureTable } from '../trees/feature-table.ts'
import { evaluate } from '../trees/tree.ts'

/** Our own evaluation of a model's outputs: what serves where the runtime's binding is missing. */
export function runTrees(outputs: readonly ReadOutput[], table: FeatureTable): ModelAnswers {
  return new Map(
    outputs.map(({ name, ensemble, exponential }): [string, Float32Array] => {
      const sums = evaluate(ensemble, table)
      return [name, exponential ? sums.map((sum) => Math.exp(sum)) : sums]
    }),
  )
}
