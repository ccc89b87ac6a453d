import { Worker } from 'node:worker_threads'
import { buildSeedThread } from './built-thread.ts'
import type { SimOptions } from './options.ts'
import { runSeed, type SeedDone } from './run-seed.ts'

/**
 * Seeds on as many threads as there are cores to use; each world lives in one of them. Once
 * `stopped` is aborted no other seed begins: those under way come to their end and are counted.
 */
export async function runSeeds(
  options: SimOptions,
  stopped: AbortSignal,
  onDone: (done: SeedDone) => void,
): Promise<void> {
  const { seed: first, seeds, threads, minutes } = options
  const end = minutes === 0 ? Infinity : performance.now() + minutes * 60_000
  let next = first
  const take = (): number | null => {
    if (stopped.aborted || next >= first + seeds || performance.now() >= end) return null
    return next++
  }
  if (threads <= 1 || seeds === 1) {
    for (let seed = take(); seed !== null; seed = take()) onDone(await runSeed(options, seed))
    return
  }
  const count = Math.min(threads, seeds)
  const built = await buildSeedThread()
  const lane = { options, take, onDone, file: built.file }
  await Promise.all(Array.from({ length: count }, () => onThread(lane))).finally(built.remove)
}

/** A world makes much that is forgotten at once; a larger nursery collects it in fewer rounds. */
const youngMb = 64

type Lane = {
  readonly options: SimOptions
  readonly take: () => number | null
  readonly onDone: (done: SeedDone) => void
  readonly file: string
}

function onThread({ options, take, onDone, file }: Lane): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, {
      workerData: { options },
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
