import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { FitJob, Fitted } from '@baari/shared/domain/forecast/pool/fit-job'
import type { RowSet } from '@baari/shared/domain/forecast/pool/training-set'
import type { FitAsk, FitReply, FitThreadData } from './fit-thread.ts'

const typescriptThread = new URL('../../../edge/src/runtime/typescript-thread.mjs', import.meta.url)

/** More threads than this would each need a copy of the bins and pass the memory limit. */
const threadsMax = 2

export type FitThreads = {
  /** Fits the models and gives them in the order of their jobs. */
  fitAll(jobs: readonly FitJob[]): Promise<readonly Fitted[]>
  stop(): Promise<void>
}

/** Threads that fit models on one training set, which they share. */
export function startFitThreads(training: RowSet): FitThreads {
  const script = new URL('./fit-thread.ts', import.meta.url).href
  const workerData: FitThreadData = { script, training: inSharedMemory(training) }
  const count = Math.max(1, Math.min(threadsMax, availableParallelism()))
  const workers = Array.from({ length: count }, () => new Worker(typescriptThread, { workerData }))
  return {
    async fitAll(jobs) {
      const waiting = jobs.map((job, place): FitAsk => ({ place, job }))
      const fitted = new Array<Fitted>(jobs.length)
      await Promise.all(
        workers.map(async (worker) => {
          for (let ask = waiting.shift(); ask !== undefined; ask = waiting.shift()) {
            fitted[ask.place] = (await answer(worker, ask)).fitted
          }
        }),
      )
      return fitted
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

function answer(worker: Worker, ask: FitAsk): Promise<FitReply> {
  return new Promise((resolve, reject) => {
    const done = (reply: FitReply): void => {
      worker.off('error', reject)
      resolve(reply)
    }
    worker.once('message', done)
    worker.once('error', reject)
    worker.postMessage(ask)
  })
}

function inSharedMemory(set: RowSet): RowSet {
  const float64 = (from: Float64Array): Float64Array => {
    const to = new Float64Array(new SharedArrayBuffer(from.byteLength))
    to.set(from)
    return to
  }
  const table = (from: RowSet['plain']): RowSet['plain'] => {
    const cells = new Float32Array(new SharedArrayBuffer(from.cells.byteLength))
    cells.set(from.cells)
    return { ...from, cells }
  }
  const series = new Int32Array(new SharedArrayBuffer(set.series.byteLength))
  series.set(set.series)
  return {
    plain: table(set.plain),
    divided: table(set.divided),
    level: float64(set.level),
    naive: float64(set.naive),
    weekdayMean: float64(set.weekdayMean),
    series,
    at: float64(set.at),
    target: float64(set.target),
  }
}
