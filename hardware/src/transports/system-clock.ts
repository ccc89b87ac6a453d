import { performance } from 'node:perf_hooks'
import type { Clock } from '@baari/shared/runtime/clock'
import { instant, millis, mono, type Mono } from '@baari/shared/units/time'

/** The machine's clocks. Timers keep the process alive, as an open device line does. */
export function systemClock(): Clock {
  return {
    now: () => instant(Date.now()),
    mono: () => mono(performance.now()),
    after(_name, delay, call) {
      const timer = setTimeout(call, Math.max(0, delay))
      return () => clearTimeout(timer)
    },
  }
}

/** Calls back at `until`, as exactly as the machine can. The returned function cancels. */
export type LineWait = (until: Mono, call: () => void) => () => void

/** The last part of a wait is spun: a timer of 2 ms fired between 1.2 and 4.1 ms (hardware.md section 4). */
const spinMs = 1

/**
 * Waits for the silent gap on a real line: sleeps short of it and spins the last millisecond. At
 * twenty exchanges a second the spinning costs two per cent of one core. When the machine held us
 * up beyond the gap, bytes may have come that nobody heard yet; they are heard first, so that the
 * caller does not take a busy line for a silent one.
 */
export function spinningWait(clock: Clock): LineWait {
  return (until, call) => {
    let cancel = (): void => undefined
    const finish = (): void => {
      const rest = until - clock.mono()
      if (rest > spinMs) {
        cancel = clock.after('line-gap', millis(rest - spinMs), finish)
        return
      }
      if (-rest > spinMs) {
        const turn = setImmediate(call)
        cancel = () => clearImmediate(turn)
        return
      }
      while (clock.mono() < until);
      call()
    }
    finish()
    return () => cancel()
  }
}

/** Waits on timers alone: for the manual clock and for lines whose gap is paced by a device server. */
export function timerWait(clock: Clock): LineWait {
  return (until, call) => clock.after('line-gap', millis(Math.max(0, until - clock.mono())), call)
}
