import { ok, type Result } from '../../../faults/result.ts'
import type { FeatureTable } from '../trees/feature-table.ts'
import type { Inspected } from './accept-bundle.ts'
import { no } from './model-limits.ts'
import type { Golden } from './model-manifest.ts'
import type { ModelRefusal } from './model-refusal.ts'

/** Answers of a model by output, row after row, all targets of a row together. */
export type ModelAnswers = ReadonlyMap<string, Float32Array>

/** The golden rows as the runtime takes them. */
export function goldenTable({
  manifest,
  golden,
}: Pick<Inspected, 'manifest' | 'golden'>): FeatureTable {
  const names = manifest.featureSchema.map(({ name }) => name)
  const { rows } = golden
  const cells = new Float32Array(names.length * rows.length)
  rows.forEach((row, at) =>
    names.forEach((_, feature) => {
      cells[feature * rows.length + at] = row[feature] ?? Number.NaN
    }),
  )
  return { names, rows: rows.length, cells }
}

/** The golden rows with what the trainer answered. */
export function goldenAnswers(of: Pick<Inspected, 'manifest' | 'golden'>): {
  readonly table: FeatureTable
  readonly answers: ModelAnswers
} {
  const answers = Object.entries(of.golden.outputs).map(([name, values]) => {
    return [name, Float32Array.from(values)] as const
  })
  return { table: goldenTable(of), answers: new Map(answers) }
}

/** Last step of the ladder: the runtime that will serve answers the golden rows as the trainer did. */
export function checkGolden(
  { golden, outputs }: Pick<Inspected, 'golden' | 'outputs'>,
  answers: ModelAnswers,
): Result<null, ModelRefusal> {
  if (golden.rows.length === 0) return no('model_answers_differ', 'no golden rows')
  for (const { name, ensemble } of outputs) {
    const wanted = golden.outputs[name]
    const given = answers.get(name)
    const values = golden.rows.length * ensemble.targets
    if (wanted?.length !== values || given?.length !== values) {
      return no('model_answers_differ', `${name}: another number of answers`)
    }
    const wrong = wanted.findIndex((value, at) => !isNear(value, given[at]!))
    if (wrong >= 0) {
      return no('model_answers_differ', `${name}: ${given[wrong]} for ${wanted[wrong]}`)
    }
  }
  return ok(null)
}

function isNear(wanted: number, given: number): boolean {
  return Math.abs(given - wanted) <= 2e-3 + 1e-4 * Math.abs(wanted)
}

/** Golden rows of a model: some of those it was trained on, spread over all of them. */
export function goldenOf(table: FeatureTable, answers: ModelAnswers): Golden {
  const rows = Array.from({ length: table.rows }, (_, row) =>
    table.names.map((_, feature) => {
      const value = table.cells[feature * table.rows + row]!
      return Number.isNaN(value) ? null : value
    }),
  )
  return {
    rows,
    outputs: Object.fromEntries([...answers].map(([name, values]) => [name, [...values]])),
  }
}
