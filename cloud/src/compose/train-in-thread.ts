import { Worker } from 'node:worker_threads'
import type { Train } from '../app/forecast/run-trainings.ts'
import type { TrainingWord } from './training-thread.ts'

const typescriptThread = new URL('./typescript-thread.mjs', import.meta.url)
const script = new URL('./training-thread.ts', import.meta.url)

/** A training of 100,000 rows is minutes; an hour means it hangs. */
const withinMs = 3_600_000
const heapMb = 2_048

/** Each training has a thread of its own, which ends with it; a fault of it is the training's. */
export function trainInThread(): { readonly train: Train; stop(): Promise<void> } {
  const running = new Set<Worker>()
  return {
    train: (ask, told) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(typescriptThread, {
          workerData: { script: script.href, ask },
          resourceLimits: { maxOldGenerationSizeMb: heapMb },
        })
        running.add(worker)
        const over = setTimeout(
          () => end(() => reject(new Error('no end within an hour'))),
          withinMs,
        )
        const end = (last: () => void): void => {
          clearTimeout(over)
          running.delete(worker)
          void worker.terminate()
          last()
        }
        worker.on('error', (error) => end(() => reject(error)))
        worker.on('exit', (code) => end(() => reject(new Error(`the thread ended with ${code}`))))
        worker.on('message', (word: TrainingWord) => {
          if (word.kind === 'progress') told(word.done, word.steps)
          else end(() => resolve(word.trained))
        })
      }),
    async stop() {
      await Promise.all([...running].map((worker) => worker.terminate()))
    },
  }
}
