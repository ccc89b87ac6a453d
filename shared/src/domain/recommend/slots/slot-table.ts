import type { ChoicePlan } from '../choice-plan.ts'
import type { ChoiceTable } from '../choice-table.ts'
import { designOf, type LogitDesign } from '../logit-design.ts'
import { slotFeatures, type SlotFeatures } from './slot-features.ts'

/** Slots that were offered together, and which was taken; undefined while it is to be found. */
export type SlotCase = {
  readonly options: readonly SlotFeatures[]
  readonly chosen: number | undefined
}

const names = slotFeatures.map(({ name }) => name)
const spread = Float64Array.from(slotFeatures, ({ step }) => step)

/** Only slots with room are offered at all, so every row is available. */
export function slotTable(cases: readonly SlotCase[]): ChoiceTable {
  const rows = cases.flatMap(({ options }) => options)
  const starts = [0]
  for (const { options } of cases) starts.push(starts[starts.length - 1]! + options.length)
  return {
    caseStart: Int32Array.from(starts),
    option: rows.map(() => ''),
    person: rows.map(() => ''),
    available: new Uint8Array(rows.length).fill(1),
    chosen: Uint8Array.from(
      cases.flatMap(({ options, chosen }) => options.map((_, at) => Number(at === chosen))),
    ),
    features: names.map((name) => ({
      kind: 'number',
      name,
      values: Float64Array.from(rows, (row) => row[name] ?? Number.NaN),
    })),
  }
}

/** Every feature as it is, for trees; popularity and habit are features of their own here. */
export const slotPlan: ChoicePlan = {
  options: [],
  popularity: new Map(),
  habits: new Map(),
  columns: names.map((name, source) => ({ name, source, context: false })),
}

/** Each feature within its case, in steps. */
export function slotDesign(table: ChoiceTable): LogitDesign {
  const columns = table.features.map((feature) =>
    feature.kind === 'number' ? feature.values : new Float64Array(table.option.length),
  )
  return designOf({ names, columns }, table, { mean: new Float64Array(names.length), spread })
}
