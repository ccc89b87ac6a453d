import { Worker } from 'node:worker_threads'

const typescriptThread = new URL('./typescript-thread.mjs', import.meta.url)

export type ThreadLimits = { readonly withinMs: number; readonly heapMb: number }

/** A training of 100,000 rows is minutes, scores of a fleet are too; an hour means it hangs. */
const longWork: ThreadLimits = { withinMs: 3_600_000, heapMb: 2_048 }

/** The work did not come to its end in its time. */
export class ThreadTooLong extends Error {
  override readonly name = 'ThreadTooLong'
}

/** What a thread says; its last word is the answer. */
type Word<Answer> =
  | { readonly kind: 'progress'; readonly done: number; readonly steps: number }
  | { readonly kind: 'done'; readonly answer: Answer }

export type ThreadWork<Ask, Answer> = {
  /** Ends the thread at once and rejects with the signal's reason when `left` says so. */
  run(ask: Ask, told?: (done: number, steps: number) => void, left?: AbortSignal): Promise<Answer>
  stop(): Promise<void>
}

/** Each piece of work has a thread of its own, which ends with it; a fault of it is the work's. */
export function workInThread<Ask, Answer>(
  script: URL,
  { withinMs, heapMb }: ThreadLimits = longWork,
): ThreadWork<Ask, Answer> {
  const running = new Set<Worker>()
  return {
    run: (ask, told, left) =>
      new Promise((resolve, reject) => {
        left?.throwIfAborted()
        const worker = new Worker(typescriptThread, {
          workerData: { script: script.href, ask },
          resourceLimits: { maxOldGenerationSizeMb: heapMb },
        })
        running.add(worker)
        const over = setTimeout(
          () => end(() => reject(new ThreadTooLong(`no end within ${withinMs} ms`))),
          withinMs,
        )
        const leave = (): void => end(() => reject(left?.reason as Error))
        left?.addEventListener('abort', leave, { once: true })
        const end = (last: () => void): void => {
          clearTimeout(over)
          left?.removeEventListener('abort', leave)
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
