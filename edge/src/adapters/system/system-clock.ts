import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono } from '@baari/shared/units/time'

/**
 * The machine's clocks. `mono` counts from this process's start, so it never compares across
 * boots; `now` is the wall clock, which only the station clock may turn into station time.
 */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  mono: () => mono(performance.now()),
  after(_name, delay, call) {
    // Node fires timers beyond 2^31 ms at once; a day is longer than any wait of the node.
    const timer = setTimeout(call, Math.min(delay, 86_400_000))
    return () => clearTimeout(timer)
  },
}
