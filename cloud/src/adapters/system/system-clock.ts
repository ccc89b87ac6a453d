import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono } from '@baari/shared/units/time'

/** The machine's clocks. Its timers keep no process alive: compose stops what it started. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  mono: () => mono(performance.now()),
  after(_name, delay, call) {
    const timer = setTimeout(call, delay)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
