import { Worker } from 'node:worker_threads'
import { runWorld, type WorldResult } from '../world/world.ts'
import type { SimOptions } from './options.ts'

export type SeedDone = Omit<WorldResult, 'trace'>

/** Seeds on as many threads as there are cores to use; each world lives in one of them. */
export async function runSeeds(
  options: SimOptions,
  onDone: (done: SeedDone) => void,
): Promise<void> {
  const { seed: first, seeds, threads, minutes } = options
  const end = minutes === 0 ? Infinity : performance.now() + minutes * 60_000
  let next = first
  const take = (): number | null =>
    next < first + seeds && performance.now() < end ? next++ : null
  if (threads <= 1 || seeds === 1) {
    for (let seed = take(); seed !== null; seed = take()) onDone(await runSeed(options, seed))
    return
  }
  const count = Math.min(threads, seeds)
  await Promise.all(Array.from({ length: count }, () => onThread({ options, take, onDone })))
}

/** One world of the options, without what only a reader of traces wants. */
export async function runSeed(options: SimOptions, seed: number): Promise<SeedDone> {
  const { trace: _trace, ...done } = await runWorld({ ...options, seed, trace: false })
  return done
}

/** A thread inherits no loader from the process. */
const typescriptThread = new URL('../../../edge/src/runtime/typescript-thread.mjs', import.meta.url)

/** A world makes much that is forgotten at once; a larger nursery collects it in fewer rounds. */
const youngMb = 64

type Lane = {
  readonly options: SimOptions
  readonly take: () => number | null
  readonly onDone: (done: SeedDone) => void
}

function onThread({ options, take, onDone }: Lane): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = new URL('./seed-thread.ts', import.meta.url).href
    const worker = new Worker(typescriptThread, {
      workerData: { script, options },
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    })
    const give = (): void => {
      const seed = take()
      if (seed !== null) return worker.postMessage(seed)
      void worker.terminate().then(() => resolve())
    }
    worker.on('message', (done: SeedDone) => {
      onDone(done)
      give()
    })
    worker.on('error', reject)
    give()
  })
}
