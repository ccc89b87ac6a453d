import { Worker } from 'node:worker_threads'

const typescriptThread = new URL('./typescript-thread.mjs', import.meta.url)

/** A training of 100,000 rows is minutes, scores of a fleet are too; an hour means it hangs. */
const withinMs = 3_600_000
const heapMb = 2_048

/** What a thread says; its last word is the answer. */
type Word<Answer> =
  | { readonly kind: 'progress'; readonly done: number; readonly steps: number }
  | { readonly kind: 'done'; readonly answer: Answer }

export type ThreadWork<Ask, Answer> = {
  run(ask: Ask, told?: (done: number, steps: number) => void): Promise<Answer>
  stop(): Promise<void>
}

/** Each piece of work has a thread of its own, which ends with it; a fault of it is the work's. */
export function workInThread<Ask, Answer>(script: URL): ThreadWork<Ask, Answer> {
  const running = new Set<Worker>()
  return {
    run: (ask, told) =>
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
        worker.on('message', (word: Word<Answer>) => {
          if (word.kind === 'progress') told?.(word.done, word.steps)
          else end(() => resolve(word.answer))
        })
      }),
    async stop() {
      await Promise.all([...running].map((worker) => worker.terminate()))
    },
  }
}
