import { recommendedConfig } from '../dispatch/dispatch-config.ts'
import { inLine, windowKey, type InLine } from './key-line.ts'
import { soonest } from './pooled-fifo.ts'
import type { Booking } from './steady-state.ts'
import type { Visit } from './visit.ts'

/**
 * C2: from s until its vehicle comes, or s+10, a position that is or becomes free is kept for a
 * booking, also for one that never comes. Booked vehicles in their window go before walk-ins; those
 * that come late have lost the position and queue with the walk-ins.
 *
 * Positions are kept one at a time: at every arrival, end of a fill and end of a hold the station
 * turns to the next booking whose window has begun. With several bookings to a window the last of
 * them is held for some moments later than the first. The design's table was made so
 * (docs/specs/twin.md); all at once would cost walk-ins a fifth more at eight positions.
 */
export function heldPositions(
  visits: readonly Visit[],
  bookings: readonly Booking[],
  positions: number,
): Float64Array {
  return new HeldRun(visits, bookings, positions).play()
}

const { lateAfter } = recommendedConfig

class HeldRun {
  readonly #visits: readonly Visit[]
  readonly #bookings: readonly Booking[]
  readonly #free: Float64Array
  readonly #starts: Float64Array
  readonly #booked: InLine[] = []
  readonly #walkIn: InLine[] = []
  /** When each hold ends. */
  #holds: number[] = []
  #arrived = 0
  #turnedTo = 0

  constructor(visits: readonly Visit[], bookings: readonly Booking[], positions: number) {
    this.#visits = visits
    this.#bookings = bookings.toSorted((a, b) => a.windowStart - b.windowStart)
    this.#free = new Float64Array(positions)
    this.#starts = new Float64Array(visits.length)
  }

  play(): Float64Array {
    for (let now = this.#next(-1); now !== Infinity; now = this.#next(now)) {
      this.#hold(now)
      for (; (this.#visits[this.#arrived]?.arrival ?? Infinity) <= now; this.#arrived += 1) {
        this.#join(this.#arrived)
      }
      this.#serve(now)
    }
    return this.#starts
  }

  #next(now: number): number {
    let next: number = this.#visits[this.#arrived]?.arrival ?? Infinity
    for (const at of this.#free) if (at > now && at < next) next = at
    for (const at of this.#holds) if (at > now && at < next) next = at
    return next
  }

  #hold(now: number): void {
    const booking = this.#bookings[this.#turnedTo]
    if (booking !== undefined && booking.windowStart <= now) {
      this.#turnedTo += 1
      this.#holds.push(endOfHold(booking))
    }
    this.#holds = this.#holds.filter((end) => end > now)
  }

  #join(n: number): void {
    const visit = this.#visits[n]
    if (visit === undefined) return
    const { arrival, windowStart } = visit
    const inTime = windowStart !== undefined && arrival - windowStart <= lateAfter
    inLine(inTime ? this.#booked : this.#walkIn, { n, key: windowKey(visit) })
  }

  #serve(now: number): void {
    for (;;) {
      const position = soonest(this.#free)
      const idle = this.#free.filter((at) => at <= now).length
      if (idle === 0) return
      const { length: held } = this.#holds
      const next = this.#booked.shift() ?? (idle > held ? this.#walkIn.shift() : undefined)
      if (next === undefined) return
      const { n } = next
      this.#starts[n] = now
      this.#free[position] = now + (this.#visits[n]?.service ?? 0)
    }
  }
}

/** Not after s when the vehicle came before its window. */
function endOfHold({ windowStart, arrival }: Booking): number {
  const last = windowStart + lateAfter
  return Math.min(arrival ?? last, last)
}
