import { recommendedConfig } from '../dispatch/dispatch-config.ts'
import { inLine, windowKey, type InLine } from './key-line.ts'
import { soonest } from './pooled-fifo.ts'
import type { Booking } from './steady-state.ts'
import type { Visit } from './visit.ts'

/**
 * C2: from s until its vehicle comes, or s+10, a position that is or becomes free is kept for every
 * booking, also for those that never come. Booked vehicles in their window go before walk-ins; those
 * that come late have lost the position and queue with the walk-ins.
 */
export function heldPositions(
  visits: readonly Visit[],
  bookings: readonly Booking[],
  positions: number,
): Float64Array {
  const run = new HeldRun(visits, bookings, positions)
  return run.play()
}

const { lateAfter } = recommendedConfig

class HeldRun {
  readonly #visits: readonly Visit[]
  readonly #free: Float64Array
  readonly #starts: Float64Array
  /** Starts and ends of the holds: how many positions are kept changes by one. */
  readonly #holds: readonly { readonly at: number; readonly by: 1 | -1 }[]
  readonly #booked: InLine[] = []
  readonly #walkIn: InLine[] = []
  #arrived = 0
  #held = 0
  #nextHold = 0

  constructor(visits: readonly Visit[], bookings: readonly Booking[], positions: number) {
    this.#visits = visits
    this.#free = new Float64Array(positions)
    this.#starts = new Float64Array(visits.length)
    this.#holds = bookings.flatMap(holdOf).toSorted((a, b) => a.at - b.at)
  }

  play(): Float64Array {
    for (let now = this.#next(-1); now !== Infinity; now = this.#next(now)) {
      for (; (this.#holds[this.#nextHold]?.at ?? Infinity) <= now; this.#nextHold += 1) {
        this.#held += this.#holds[this.#nextHold]?.by ?? 0
      }
      for (; (this.#visits[this.#arrived]?.arrival ?? Infinity) <= now; this.#arrived += 1) {
        this.#join(this.#arrived)
      }
      this.#serve(now)
    }
    return this.#starts
  }

  #join(n: number): void {
    const visit = this.#visits[n]
    if (visit === undefined) return
    const { arrival, windowStart } = visit
    const inTime = windowStart !== undefined && arrival - windowStart <= lateAfter
    if (inTime) inLine(this.#booked, { n, key: windowKey(visit) })
    else inLine(this.#walkIn, { n, key: arrival })
  }

  #next(now: number): number {
    const waiting = this.#booked.length + this.#walkIn.length > 0
    const free = waiting ? this.#free.filter((at) => at > now) : []
    return Math.min(
      this.#visits[this.#arrived]?.arrival ?? Infinity,
      waiting ? (this.#holds[this.#nextHold]?.at ?? Infinity) : Infinity,
      ...free,
    )
  }

  #serve(now: number): void {
    for (;;) {
      const position = soonest(this.#free)
      const idle = this.#free.filter((at) => at <= now).length
      if (idle === 0) return
      const next = this.#booked.shift() ?? (idle > this.#held ? this.#walkIn.shift() : undefined)
      if (next === undefined) return
      const { n } = next
      this.#starts[n] = now
      this.#free[position] = now + (this.#visits[n]?.service ?? 0)
    }
  }
}

function holdOf({ windowStart, arrival }: Booking): { at: number; by: 1 | -1 }[] {
  const last = windowStart + lateAfter
  const end = Math.min(arrival ?? last, last)
  if (end <= windowStart) return []
  return [
    { at: windowStart, by: 1 },
    { at: end, by: -1 },
  ]
}
