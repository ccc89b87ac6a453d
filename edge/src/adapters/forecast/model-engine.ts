import type { ModelAnswers } from '@baari/shared/domain/forecast/bundle/golden-rows'
import { modelParts, partEntriesMax } from '@baari/shared/domain/forecast/onnx/model-parts'
import { inputName } from '@baari/shared/domain/forecast/onnx/write-model'
import { runTrees } from '@baari/shared/domain/forecast/serving/run-trees'
import { rowMajor, type FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { runPacked } from '@baari/shared/domain/forecast/trees/packed-trees'
import type * as onnxruntime from 'onnxruntime-node'
import type { ModelEngine, OpenEngine } from '../../ports/models.ts'

type Runtime = Pick<typeof onnxruntime, 'InferenceSession' | 'Tensor'>

const options: onnxruntime.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
}

/**
 * Fewer rows than this are answered by the packed trees: the runtime, its tables and the model take more
 * than a tenth of a second and 40 MB before the first row. Of many rows it is the sooner one.
 */
const fewRows = 256

/**
 * The ONNX runtime in one thread; where its binding does not load, or does not take the model, our
 * own evaluation of the same trees. The package is loaded by the first model, not before, and where its
 * trees are packed by the first large question. A model in our writer's form is loaded part by part, so
 * that the memory it takes does not grow with it.
 */
export const openEngine: OpenEngine = async (model, readTrees, readPacked) => {
  const load = (): Promise<Runtime> => import('onnxruntime-node')
  let kind: ModelEngine['kind'] = 'packed'
  if (readPacked === undefined) {
    kind = await load().then(
      () => 'onnx' as const,
      () => 'trees' as const,
    )
    if (kind === 'trees' && readTrees() === undefined) {
      throw new Error('neither the runtime nor our own evaluation takes the model')
    }
  }
  /** By trees of ours; undefined where they cannot be read. */
  function ownAnswers(table: FeatureTable): ModelAnswers | undefined {
    const packed = readPacked?.()
    const trees = packed === undefined ? readTrees() : undefined
    if (packed === undefined && trees === undefined) return undefined
    kind = packed === undefined ? 'trees' : 'packed'
    return packed === undefined ? runTrees(trees ?? [], table) : runPacked(packed, table)
  }
  return {
    get kind() {
      return kind
    },
    async run(table) {
      const packed = table.rows < fewRows ? readPacked?.() : undefined
      if (packed !== undefined) return runPacked(packed, table)
      try {
        const answers = await runModel(await load(), model, table)
        kind = 'onnx'
        return answers
      } catch (error) {
        const answers = ownAnswers(table)
        if (answers === undefined) throw error
        return answers
      }
    },
  }
}

/** Rows asked at once: small answers are let go sooner than large ones, ten MB of them on the first run. */
const rowsAtOnce = 256

async function runModel(
  { InferenceSession: Session, Tensor }: Runtime,
  model: Uint8Array,
  table: FeatureTable,
): Promise<ModelAnswers> {
  const cells = rowMajor(table)
  const width = table.names.length
  const whole = { base: new Float32Array(0), exponential: false, model: () => model }
  const parts = modelParts(model, partEntriesMax) ?? [whole]
  const sums = new Map<string, Float32Array>()
  const exponential = new Set<string>()
  for (const part of parts) {
    const session = await Session.create(part.model(), options)
    try {
      for (let from = 0; from < table.rows; from += rowsAtOnce) {
        const block = cells.subarray(width * from, width * (from + rowsAtOnce))
        const input = new Tensor('float32', block, [block.length / width, width])
        const answers = numbersOf(await session.run({ [inputName]: input }))
        const { base } = part
        addTo(sums, answers, { from, rows: block.length / width, of: table.rows, base })
        if (part.exponential) for (const name of answers.keys()) exponential.add(name)
      }
    } finally {
      await session.release()
    }
  }
  const answerOf = (name: string, sum: Float32Array): Float32Array =>
    exponential.has(name) ? sum.map((value) => Math.exp(value)) : sum
  return new Map([...sums].map(([name, sum]) => [name, answerOf(name, sum)]))
}

type Block = {
  readonly from: number
  readonly rows: number
  readonly of: number
  readonly base: Float32Array
}

/** Adds what a part answered of a block of rows, the first one to what the sums begin with. */
function addTo(sums: Map<string, Float32Array>, answers: ModelAnswers, block: Block): void {
  for (const [name, values] of answers) {
    const each = values.length / block.rows
    const sum =
      sums.get(name) ?? new Float32Array(each * block.of).map((_, at) => block.base[at % each] ?? 0)
    const start = each * block.from
    for (let at = 0; at < values.length; at += 1) sum[start + at] = sum[start + at]! + values[at]!
    sums.set(name, sum)
  }
}

function numbersOf(answered: onnxruntime.InferenceSession.ReturnType): ModelAnswers {
  return new Map(
    Object.entries(answered).flatMap(([name, { data }]) =>
      data instanceof Float32Array ? [[name, data] as const] : [],
    ),
  )
}
