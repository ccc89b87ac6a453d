import { tableOf } from '@baari/shared/domain/forecast/pool/training-set'
import { pickRows } from '@baari/shared/domain/forecast/trees/feature-table'
import { evaluate } from '@baari/shared/domain/forecast/trees/tree'
import type { BacktestAnswer } from '../../cli/forecast/backtest.ts'
import { serveModel } from './serve-model.ts'

/** A week of quarter hours. */
const weekRows = 672
const runs = 200

/** The model in the station's runtime, one thread: parity with our own evaluation, and its cost. */
export async function servedFigures(
  { prepared, run, model, outputs }: BacktestAnswer,
  say: (line: string) => void,
): Promise<Readonly<Record<string, number>>> {
  if (model === undefined || run.learned === undefined) return {}
  const table = tableOf(prepared.future, run.learned.scale)
  const all = await serveModel(model, table, 1)
  let wrong = 0
  let values = 0
  for (const { name, ensemble, exponential } of outputs) {
    evaluate(ensemble, table).forEach((score, at) => {
      const own = exponential ? Math.exp(score) : score
      const other = all.outputs[name]?.[at] ?? Number.NaN
      values += 1
      if (!(Math.abs(own - other) <= 2e-3 + 1e-4 * Math.abs(own))) wrong += 1
    })
  }
  const rows = Int32Array.from({ length: Math.min(weekRows, table.rows) }, (_, row) => row)
  const { loadMs, runMs, runP99Ms } = await serveModel(model, pickRows(table, rows), runs)
  say(
    `the model: ${model.length} bytes, load ${loadMs.toFixed(0)} ms, ${rows.length} rows in ` +
      `${runMs.toFixed(1)} ms of the processor, p99 ${runP99Ms.toFixed(1)}; ${wrong} of ${values} values differ`,
  )
  return {
    parity_values: values,
    parity_wrong_rows: wrong,
    infer_672_p50_ms: runMs,
    infer_672_p99_ms: runP99Ms,
    load_ms: loadMs,
    model_bytes: model.length,
  }
}
