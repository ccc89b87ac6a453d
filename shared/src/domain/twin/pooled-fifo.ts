import type { Visit } from './visit.ts'

/**
 * Starts under one first-come-first-served line for all positions (policy B, and B′ on the booked
 * stream), in ms of simulated time, by vehicle: the next vehicle takes the position that frees
 * first. A unit test holds it equal to the dispatcher's own order for walk-ins.
 */
export function pooledFifo(visits: readonly Visit[], positions: number): Float64Array {
  const free = new Float64Array(positions)
  return Float64Array.from(visits, ({ arrival, service }) => {
    const first = soonest(free)
    const start = Math.max(arrival, free[first] ?? 0)
    free[first] = start + service
    return start
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

