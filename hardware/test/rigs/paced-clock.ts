import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono } from '@baari/shared/units/time'
import { TimerList } from './timer-list.ts'

/**
 * A clock that keeps step with the real one, and on which a timer that fires late still finds its
 * own due time. What is computed from it does not add up the lateness of the machine.
 */
export type PacedClock = Clock & {
  /** Runs what is due already; before bytes from outside are heard, which come at the real time. */
  catchUp(): void
}

/** Timers of the system fire up to a millisecond late: the last part of a wait goes round the loop. */
const sleepShortMs = 1.2

/** Milliseconds of the clock that all processes of this machine share and nobody steps. */
export function sharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export function pacedClock(): PacedClock {
  const timers = new TimerList()
  let insideMs: number | null = null
  let cancelWake: () => void = () => undefined

  function pump(): void {
    if (insideMs !== null) return
    cancelWake()
    for (let due = timers.nextDueMs; due !== undefined && due <= sharedMs();) {
      insideMs = due
      timers.take()?.call()
      due = timers.nextDueMs
    }
    insideMs = null
    wakeForNext()
  }

  function wakeForNext(): void {
    const due = timers.nextDueMs
    if (due === undefined) return
    const restMs = due - sharedMs()
    if (restMs > 2 * sleepShortMs) {
      const timer = setTimeout(pump, restMs - sleepShortMs)
      cancelWake = () => clearTimeout(timer)
    } else {
      const turn = setImmediate(pump)
      cancelWake = () => clearImmediate(turn)
    }
  }

  return {
    now: () => instant(Date.now()),
    mono: () => mono(insideMs ?? sharedMs()),
    after(_name, delay, call) {
      const dueMs = (insideMs ?? sharedMs()) + Math.max(0, delay)
      const cancel = timers.add({ dueMs, call })
      if (insideMs === null) {
        cancelWake()
        wakeForNext()
      }
      return cancel
    },
    catchUp: pump,
  }
}
