import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis } from '@baari/shared/units/time'
import type { Log } from '../ports/log.ts'

export type Task = { readonly name: string; readonly every: Millis; run(): Promise<unknown> }

/** Runs a task now and after each pause; a call of `now` during a run makes one further run. */
export function repeatTask(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  { name, every, run }: Task,
): { now(): void; stop(): void } {
  let running = false
  let again = false
  let stopped = false
  let cancel = (): void => undefined

  async function round(): Promise<void> {
    running = true
    cancel()
    try {
      await run()
    } catch (error) {
      log({ level: 'error', event: `${name} failed`, fields: { reason: String(error) } })
    }
    running = false
    if (stopped) return
    if (again) {
      again = false
      void round()
      return
    }
    cancel = clock.after(name, every, () => void round())
  }

  const now = (): void => {
    if (stopped) return
    if (running) again = true
    else void round()
  }
  now()
  return {
    now,
    stop() {
      stopped = true
      cancel()
    },
  }
}
