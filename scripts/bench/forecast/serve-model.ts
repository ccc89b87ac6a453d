import { InferenceSession, Tensor } from 'onnxruntime-node'
import { inputName } from '@baari/shared/domain/forecast/onnx/write-model'
import { rowMajor, type FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { median, percentile } from '../figures/spread.ts'

const sessionOptions: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
}

export type Served = {
  readonly loadMs: number
  /** Processor time of a run: the median, and what 99 of 100 do not exceed. */
  readonly runMs: number
  readonly runP99Ms: number
  readonly outputs: Readonly<Record<string, Float32Array>>
}

/** Milliseconds of processor time: a busy machine does not change them. */
function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

/** Loads a model in one thread and runs it on the rows again and again. */
export async function serveModel(
  model: Uint8Array,
  table: FeatureTable,
  runs: number,
): Promise<Served> {
  // The first session also loads the runtime itself.
  await (await InferenceSession.create(model, sessionOptions)).release()
  const loading = process.cpuUsage()
  const session = await InferenceSession.create(model, sessionOptions)
  const loadMs = cpuMs(loading)
  const input = new Tensor('float32', rowMajor(table), [table.rows, table.names.length])
  const times: number[] = []
  let answered: InferenceSession.ReturnType = {}
  for (let run = 0; run < runs; run += 1) {
    const start = process.cpuUsage()
    answered = await session.run({ [inputName]: input })
    times.push(cpuMs(start))
  }
  await session.release()
  const outputs = Object.fromEntries(
    Object.entries(answered).map(([name, { data }]) => [name, Float32Array.from(numbersOf(data))]),
  )
  const runMs = median(times) ?? 0
  return { loadMs, runMs, runP99Ms: percentile(times, 0.99) ?? 0, outputs }
}

function numbersOf(data: Tensor['data']): Float32Array {
  if (data instanceof Float32Array) return data
  throw new Error('the model answers no float32')
}
