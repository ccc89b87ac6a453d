import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono } from '@baari/shared/units/time'
import { TimerList } from './timer-list.ts'
import { settle } from './turn-clock.ts'

/** A clock that goes from one timer to the next, so that hours pass as fast as they are computed. */
export type SteppedClock = Clock & {
  /** Runs the next timer and every promise that is ready then. */
  step(): Promise<void>
}

const startMs = 1_760_000_000_000

export function steppedClock(): SteppedClock {
  const timers = new TimerList()
  let nowMs = 0
  return {
    now: () => instant(startMs + Math.floor(nowMs)),
    mono: () => mono(nowMs),
    after: (_name, delay, call) => timers.add({ dueMs: nowMs + Math.max(0, delay), call }),
    step() {
      const timer = timers.take()
      if (timer !== undefined) {
        nowMs = timer.dueMs
        timer.call()
      }
      return settle()
    },
  }
}
