import { classMeans } from '../dispatch/service-times.ts'
import type { Stream } from './chance.ts'
import { inLine, windowKey, type InLine } from './key-line.ts'
import { servedFromLine } from './served-from-line.ts'
import type { Visit } from './visit.ts'

/** A1: every vehicle drives into a lane at random and stays there. */
export function randomLanes(
  visits: readonly Visit[],
  positions: number,
  random: Stream,
): Float64Array {
  const free = new Float64Array(positions)
  return Float64Array.from(visits, ({ arrival, service }) => {
    const lane = Math.floor(random() * positions)
    const start = Math.max(arrival, free[lane] ?? 0)
    free[lane] = start + service
    return start
  })
}

/** A2: into the lane with the fewest vehicles, any of them on ties; nobody changes lanes. */
export function shortestLane(
  visits: readonly Visit[],
  positions: number,
  random: Stream,
): Float64Array {
  const lanes = Array.from({ length: positions }, (): number[] => [])
  return Float64Array.from(visits, ({ arrival, service }) => {
    for (const lane of lanes) {
      while (lane.length > 0 && (lane[0] ?? 0) <= arrival) lane.shift()
    }
    const fewest = Math.min(...lanes.map((lane) => lane.length))
    const shortest = lanes.filter((lane) => lane.length === fewest)
    const lane = shortest[Math.floor(random() * shortest.length)] ?? []
    const start = Math.max(arrival, lane.at(-1) ?? 0)
    lane.push(start + service)
    return start
  })
}

/**
 * C1: half the positions for booked vehicles, in the order of max(arrival, s), the other half for
 * walk-ins, first come first served.
 */
export function splitLanes(visits: readonly Visit[], positions: number): Float64Array {
  const starts = new Float64Array(visits.length)
  for (const booked of [true, false]) {
    const numbers = visits.flatMap(({ windowStart }, n) =>
      (windowStart !== undefined) === booked ? [n] : [],
    )
    const own = numbers.flatMap((n) => visits[n] ?? [])
    servedByKey(own, positions / 2, windowKey).forEach((start, i) => {
      starts[numbers[i] ?? 0] = start
    })
  }
  return starts
}

/** E: the class with the shortest mean first, first come first in a class (a bound). */
export function shortestClass(visits: readonly Visit[], positions: number): Float64Array {
  // A class mean times a span longer than any run outweighs every arrival.
  return servedByKey(visits, positions, ({ vehicleClass, arrival }) => {
    return ((classMeans[vehicleClass] / classMeans.auto) * Number.MAX_SAFE_INTEGER) / 8 + arrival
  })
}

/** Starts when a free position takes the waiting vehicle with the lowest key. */
function servedByKey(
  visits: readonly Visit[],
  positions: number,
  key: (visit: Visit) => number,
): Float64Array {
  const waiting: InLine[] = []
  return servedFromLine(visits, positions, {
    waiting: () => waiting.length,
    join(n) {
      const visit = visits[n]
      if (visit !== undefined) inLine(waiting, { n, key: key(visit) })
    },
    take: () => waiting.shift()?.n,
  })
}
