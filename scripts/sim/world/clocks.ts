import type { Clock } from '@baari/shared/runtime/clock'
import { instant, mono } from '@baari/shared/units/time'
import type { Timeline } from './timeline.ts'

/** 2026-11-22 05:30 IST: the world begins before the first vehicle of its first day. */
export const worldStartMs = Date.UTC(2026, 10, 22, 0, 0)

/** True time, as the cloud and a driver's phone have it. */
export function trueClock(timeline: Timeline): Clock {
  return {
    now: () => instant(worldStartMs + timeline.now()),
    mono: () => mono(timeline.now()),
    after: (name, delay, call) => timeline.after(name, delay, call),
  }
}

export type MachineClock = Clock & {
  /** The process is gone: none of its timers calls any more. */
  kill(): void
}

type Machine = {
  readonly name: string
  readonly offsetMs: () => number
  readonly lineIsDead: () => boolean
}

/**
 * The clocks of one process on a machine: its wall clock may be wrong (`offsetMs` is asked anew, as
 * people set it), monotonic time begins with the process. Timers of `stretched` names are slower,
 * because a heartbeat of an idle line shows nothing that a slower one would not.
 */
export function machineClock(
  timeline: Timeline,
  { offsetMs, lineIsDead, name: machine }: Machine,
): MachineClock {
  const born = timeline.now()
  let alive = true
  const pending = new Set<() => void>()
  return {
    now: () => instant(worldStartMs + timeline.now() + offsetMs()),
    mono: () => mono(timeline.now() - born),
    after(name, delay, call) {
      if (!alive) return () => undefined
      const stretched = delay * stretchOf(name, { delayMs: delay, lineIsDead })
      const cancel = timeline.after(`${machine} ${name}`, stretched, () => {
        pending.delete(cancel)
        if (alive) call()
      })
      pending.add(cancel)
      return () => {
        pending.delete(cancel)
        cancel()
      }
    },
    kill() {
      alive = false
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}

const heartbeatMs = 30_000

type Timer = { readonly delayMs: number; readonly lineIsDead: () => boolean }

/** How much slower the idle beats of a process run here than at a real station. */
function stretchOf(name: string, { delayMs, lineIsDead }: Timer): number {
  if (name === 'uplink') {
    if (delayMs === heartbeatMs) return 240
    // The uplink is told when the line is up again; what it tries until then fails alike.
    return lineIsDead() ? 60 : 1
  }
  if (name === 'time floor') return 240
  return name.endsWith(' beat') ? 1_800 : 1
}
