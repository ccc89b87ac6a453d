import { inputName } from '@baari/shared/domain/forecast/onnx/write-model'
import { runTrees } from '@baari/shared/domain/forecast/serving/run-trees'
import { rowMajor } from '@baari/shared/domain/forecast/trees/feature-table'
import type { InferenceSession } from 'onnxruntime-node'
import type { OpenEngine } from '../../ports/models.ts'

const options: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
}

/**
 * The ONNX runtime in one thread; where its binding does not load, or does not take the model, our
 * own evaluation of the same trees. The package is loaded by the first model, not before.
 */
export const openEngine: OpenEngine = async (model, readTrees) => {
  try {
    const { InferenceSession: Session, Tensor } = await import('onnxruntime-node')
    const session = await Session.create(model, options)
    return {
      kind: 'onnx',
      async run(table) {
        const shape = [table.rows, table.names.length]
        const input = new Tensor('float32', rowMajor(table), shape)
        const answered = await session.run({ [inputName]: input })
        return new Map(
          Object.entries(answered).flatMap(([name, { data }]) =>
            data instanceof Float32Array ? [[name, data] as const] : [],
          ),
        )
      },
      close: () => session.release(),
    }
  } catch (error) {
    const outputs = readTrees()
    if (outputs === undefined) throw error
    return {
      kind: 'trees',
      run: (table) => Promise.resolve(runTrees(outputs, table)),
      close: () => Promise.resolve(),
    }
  }
}
