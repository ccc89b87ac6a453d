import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'

export type Admission = {
  /**
   * Resolves when there is room: call what it gives when the work is done. Undefined when there will
   * be none in time, when the caller left, or when the station has enough inside already.
   */
  enter(stationNo: number, signal: AbortSignal): Promise<(() => void) | undefined>
}

export type AdmissionBounds = {
  /** Worked on at once, in all. */
  readonly total: number
  /** Inside or in line, of one station. */
  readonly perStation: number
  /** In line for a place; none where whoever finds no room is sent away at once. */
  readonly waiting: number
}

/** A station gives its request up after 30 s without an answer: the work itself needs some of it. */
const waitAtMost = seconds(20)

/**
 * How many batches this process works on at once. Who finds no room waits in line with the body
 * unread, first come first served: a thousand stations that return at once are served faster so
 * than by sending them away and letting them try again. The line is bounded in length and time.
 */
export function admission(clock: Clock, bounds: AdmissionBounds): Admission {
  const inside = new Map<number, number>()
  const line = new Set<() => void>()
  let free = bounds.total

  function count(stationNo: number, by: number): void {
    const now = (inside.get(stationNo) ?? 0) + by
    if (now === 0) inside.delete(stationNo)
    else inside.set(stationNo, now)
  }

  /** True when a place was handed over; it is then the caller's. */
  function inLine(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (got: boolean): void => {
        line.delete(called)
        cancel()
        signal.removeEventListener('abort', left)
        resolve(got)
      }
      const called = (): void => end(true)
      const left = (): void => end(false)
      const cancel = clock.after('admission', waitAtMost, left)
      signal.addEventListener('abort', left, { once: true })
      line.add(called)
    })
  }

  function giveBack(): void {
    const [first] = line
    if (first === undefined) free += 1
    else first()
  }

  async function place(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    if (free === 0) return line.size < bounds.waiting && inLine(signal)
    free -= 1
    return true
  }

  return {
    async enter(stationNo, signal) {
      if ((inside.get(stationNo) ?? 0) >= bounds.perStation) return undefined
      count(stationNo, 1)
      if (!(await place(signal))) {
        count(stationNo, -1)
        return undefined
      }
      let gone = false
      return () => {
        if (gone) return
        gone = true
        count(stationNo, -1)
        giveBack()
      }
    },
  }
}
