import type { Visit } from './visit.ts'

/** A position by its number from 1, closed to new vehicles from … to, in ms of simulated time. */
export type Closed = { readonly position: number; readonly from: number; readonly to: number }

/**
 * Starts under one first-come-first-served line for all positions (policy B, and B′ on the booked
 * stream), in ms of simulated time, by vehicle: the next vehicle takes the position that frees
 * first. A unit test holds it equal to the dispatcher's own order for walk-ins.
 */
export function pooledFifo(
  visits: readonly Visit[],
  { positions, outages = [] }: { readonly positions: number; readonly outages?: readonly Closed[] },
): Float64Array {
  const free = new Float64Array(positions)
  return Float64Array.from(visits, ({ arrival, service }) => {
    for (;;) {
      const first = soonest(free)
      const start = Math.max(arrival, free[first] ?? 0)
      const shut = outages.find(
        ({ position, from, to }) => position === first + 1 && start >= from && start < to,
      )
      free[first] = shut?.to ?? start + service
      if (shut === undefined) return start
    }
  })
}

/** Index of the position that frees first; the lowest one among equals. */
export function soonest(free: Float64Array): number {
  let first = 0
  for (let i = 1; i < free.length; i += 1) {
    if ((free[i] ?? 0) < (free[first] ?? 0)) first = i
  }
  return first
}
