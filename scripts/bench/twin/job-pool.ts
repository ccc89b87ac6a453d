import { Worker } from 'node:worker_threads'
import type { Answer, Answers, Job } from './jobs.ts'

/** A thread inherits no loader from the process. */
const typescriptThread = new URL('../../../edge/src/runtime/typescript-thread.mjs', import.meta.url)
const script = new URL('./job-thread.ts', import.meta.url).href

/** A run makes much that is forgotten at once; a larger nursery collects it in fewer rounds. */
const youngMb = 64

/** Threads that run replications; the answers come in the order of the jobs. */
export type JobPool = {
  run<K extends Job['kind']>(
    jobs: readonly Extract<Job, { kind: K }>[],
  ): Promise<readonly Answers[K][]>
  stop(): Promise<void>
}

export function openJobPool(threads: number): JobPool {
  const workers = Array.from({ length: threads }, () => {
    return new Worker(typescriptThread, {
      workerData: { script },
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    })
  })
  return {
    async run<K extends Job['kind']>(jobs: readonly Extract<Job, { kind: K }>[]) {
      const answers: Answer[] = new Array(jobs.length)
      const waiting = jobs.entries()
      const serve = async (worker: Worker): Promise<void> => {
        for (const [index, job] of waiting) answers[index] = await ask(worker, job)
      }
      await Promise.all(workers.map(serve))
      // The kind of a job is the kind of its answer; the thread's message has lost that type.
      return answers as Answers[K][]
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** Replications take seconds; one that takes this long hangs. */
const patienceMs = 10 * 60_000

function ask(worker: Worker, job: Job): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => fail(new Error('a replication hangs')), patienceMs)
    const settle = (): void => {
      clearTimeout(late)
      worker.off('message', done)
      worker.off('error', fail)
    }
    const done = (answer: Answer): void => {
      settle()
      resolve(answer)
    }
    const fail = (reason: Error): void => {
      settle()
      reject(reason)
    }
    worker.on('message', done)
    worker.on('error', fail)
    worker.postMessage(job)
  })
}
