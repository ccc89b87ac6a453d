import type { ReadOutput } from '../onnx/read-ensemble.ts'
import { columnOf, pickRows, type FeatureTable } from '../trees/feature-table.ts'
import { evaluate } from '../trees/tree.ts'

/** What a model answers on average when one feature has a value and all others stay as they are. */
export type FeatureEffect = {
  readonly name: string
  /** Between the largest and the least of the answers; effects come with the largest first. */
  readonly spread: number
  readonly points: readonly { readonly at: number; readonly answer: number }[]
}

const rowsMax = 120
const effectsMax = 8
const shares = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95] as const

/**
 * Partial dependence (Friedman 2001, section 8.2) of the features that move the model most: the
 * answers, averaged over rows spread over the training, at seven quantiles of the feature. It shows
 * what the model does and no cause; features that go together share their effect.
 */
export function featureEffects(
  outputs: readonly ReadOutput[],
  table: FeatureTable,
): readonly FeatureEffect[] {
  const output = outputs.find(({ name }) => name === 'mean') ?? outputs[0]
  if (output === undefined || table.rows === 0) return []
  const count = Math.min(rowsMax, table.rows)
  const spread = Int32Array.from({ length: count }, (_, n) => Math.floor((n * table.rows) / count))
  const rows = pickRows(table, spread)
  return table.names
    .map((name, feature): FeatureEffect => {
      const points = quantilesOf(columnOf(table, feature)).map((at) => ({
        at,
        answer: meanAnswer(output, withValue(rows, feature, at)),
      }))
      const answers = points.map(({ answer }) => answer)
      const range = answers.length === 0 ? 0 : Math.max(...answers) - Math.min(...answers)
      return { name, spread: range, points }
    })
    .filter(({ spread: range }) => range > 0)
    .toSorted((a, b) => b.spread - a.spread)
    .slice(0, effectsMax)
}

function quantilesOf(column: Float32Array): readonly number[] {
  const known = column.filter((value) => !Number.isNaN(value)).sort()
  const at = shares.map((share) => known[Math.floor(share * (known.length - 1))])
  return [...new Set(at.filter((value) => value !== undefined))]
}

function withValue(table: FeatureTable, feature: number, value: number): FeatureTable {
  const cells = table.cells.slice()
  cells.fill(value, feature * table.rows, (feature + 1) * table.rows)
  return { ...table, cells }
}

/** Of several targets the middle one is the median. */
function meanAnswer({ ensemble, exponential }: ReadOutput, table: FeatureTable): number {
  const answers = evaluate(ensemble, table)
  const place = Math.floor(ensemble.targets / 2)
  let sum = 0
  for (let row = 0; row < table.rows; row += 1) {
    const answer = answers[row * ensemble.targets + place]!
    sum += exponential ? Math.exp(answer) : answer
  }
  return sum / table.rows
}
