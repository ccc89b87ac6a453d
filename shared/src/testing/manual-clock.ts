import type { Clock } from '../runtime/clock.ts'
import { instant, mono, type Instant, type Millis } from '../units/time.ts'

type Timer = { readonly name: string; readonly due: number; readonly call: () => void }

/** A clock that moves only when told to, running due timers in the order of their due times. */
export type ManualClock = Clock & {
  advance(by: Millis): void
  /** Steps the wall clock alone, as a person or a bad time server would. */
  stepWall(by: Millis): void
  pendingTimers(): readonly string[]
}

export function manualClock(start: Instant = instant(1_760_000_000_000)): ManualClock {
  let monoMs = 0
  let wallOffset: number = start
  let timers: readonly Timer[] = []

  function nextDue(limit: number): Timer | undefined {
    return timers
      .filter((timer) => timer.due <= limit)
      .reduce<Timer | undefined>(
        (best, timer) => (best && best.due <= timer.due ? best : timer),
        undefined,
      )
  }

  return {
    now: () => instant(wallOffset + monoMs),
    mono: () => mono(monoMs),
    after(name, delay, call) {
      const timer = { name, due: monoMs + delay, call }
      timers = [...timers, timer]
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance(by) {
      const end = monoMs + by
      for (let timer = nextDue(end); timer; timer = nextDue(end)) {
        const due = timer
        timers = timers.filter((other) => other !== due)
        monoMs = due.due
        due.call()
      }
      monoMs = end
    },
    stepWall(by) {
      wallOffset += by
    },
    pendingTimers: () => timers.map((timer) => timer.name),
  }
}
