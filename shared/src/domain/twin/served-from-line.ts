import { soonest } from './pooled-fifo.ts'
import type { Visit } from './visit.ts'

/** Who waits, by the number of the vehicle, and who of them is next. */
export type Line = {
  waiting(): number
  join(n: number): void
  /** Takes a vehicle out of the line; undefined of an empty one. */
  take(now: number): number | undefined
}

/**
 * Starts when a position never idles while anybody waits, in ms of simulated time, by vehicle: the
 * line says who is next at every end of a fill, and at every arrival that finds a position idle.
 */
export function servedFromLine(
  visits: readonly Visit[],
  positions: number,
  line: Line,
): Float64Array {
  const free = new Float64Array(positions)
  const starts = new Float64Array(visits.length)
  const arrivalOf = (n: number): number => visits[n]?.arrival ?? Infinity
  let now = 0
  for (let arrived = 0; arrived < visits.length || line.waiting() > 0;) {
    const position = soonest(free)
    const earliest = line.waiting() > 0 ? now : arrivalOf(arrived)
    now = Math.max(earliest, free[position] ?? 0)
    for (; arrivalOf(arrived) <= now; arrived += 1) line.join(arrived)
    const next = line.take(now)
    if (next === undefined) continue
    starts[next] = now
    free[position] = now + (visits[next]?.service ?? 0)
  }
  return starts
}
