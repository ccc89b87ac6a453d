import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../../runtime/start-thread.ts'

export type ThreadCallOptions = { readonly script: URL; readonly clock: Clock }

export type ThreadCall<Input, Output> = {
  /** One call at a time; rejects when the thread fails or stays silent for a minute. */
  call(input: Input): Promise<Output>
  stop(): Promise<void>
}

const answerWithin = seconds(60)
/** The queue of a full day is played forward in 6 MB, a page with Hindi is drawn in 8. */
const oldSpaceMb = 24

/**
 * A pure calculation in a thread of its own, which is started at the first call and started anew
 * after a failure: nothing is lost with it, because it holds no state.
 */
export function startThreadCall<Input, Output>({
  script,
  clock,
}: ThreadCallOptions): ThreadCall<Input, Output> {
  let worker: Worker | undefined

  async function drop(): Promise<void> {
    const old = worker
    worker = undefined
    await old?.terminate()
  }

  return {
    async call(input) {
      worker ??= startThread(script, {}, oldSpaceMb)
      try {
        return await answerOf<Output>(worker, { input, clock })
      } catch (error) {
        await drop()
        throw error
      }
    },
    stop: drop,
  }
}

function answerOf<Output>(
  worker: Worker,
  { input, clock }: { readonly input: unknown; readonly clock: Clock },
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void): void => {
      cancel()
      worker.off('error', fail).off('exit', exited).off('message', answered)
      end()
    }
    const fail = (error: Error): void => done(() => reject(error))
    const exited = (code: number): void => fail(failed(`it ended with code ${code}`))
    const answered = (answer: Output): void => done(() => resolve(answer))
    const cancel = clock.after('thread answer', answerWithin, () => fail(failed('no answer')))
    worker.on('error', fail).on('exit', exited).on('message', answered)
    worker.postMessage(input)
  })
}

function failed(why: string): ThreadFailed {
  return new ThreadFailed(why)
}

export class ThreadFailed extends Error {
  override readonly name = 'ThreadFailed'

  constructor(why: string) {
    super(`a calculating thread failed: ${why}`)
  }
}
