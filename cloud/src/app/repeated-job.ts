import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis } from '@baari/shared/units/time'

export type RepeatedJob = {
  readonly name: string
  readonly every: Millis
  readonly run: () => Promise<unknown>
  readonly onFault: (error: unknown) => void
}

/**
 * Runs a job again and again, `every` after its last end, so that runs never overlap. A fault is
 * told and the next run comes as usual. The returned function stops it and waits for a running one.
 */
export function repeatJob(clock: Clock, job: RepeatedJob): () => Promise<void> {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let cancel = clock.after(job.name, job.every, start)

  function start(): void {
    running = Promise.resolve()
      .then(job.run)
      .then(() => undefined, job.onFault)
      .then(() => {
        if (!stopped) cancel = clock.after(job.name, job.every, start)
      })
  }

  return async () => {
    stopped = true
    cancel()
    await running
  }
}
