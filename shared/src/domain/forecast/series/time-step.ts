import { dayMs, type DemandTable } from './demand-table.ts'

/** Gaps longer than this are holes, never the step of a file. */
const stepMsMax = 31 * dayMs

/**
 * The step of the tables: the most frequent gap between neighbours of one series, of two equally
 * frequent the shorter. A single row says nothing, and an hour is taken.
 */
export function stepMsOf(tables: readonly DemandTable[]): number {
  const counts = new Map<number, number>()
  for (const table of tables) {
    for (const times of timesBySeries(table)) {
      for (let at = 1; at < times.length; at += 1) {
        const gap = times[at]! - times[at - 1]!
        if (gap > 0 && gap <= stepMsMax) counts.set(gap, (counts.get(gap) ?? 0) + 1)
      }
    }
  }
  let best = 3_600_000
  let seen = 0
  for (const [gap, count] of counts) {
    if (count > seen || (count === seen && gap < best)) {
      best = gap
      seen = count
    }
  }
  return best
}

/** The times of each series, sorted. */
function timesBySeries(table: DemandTable): readonly Float64Array[] {
  const counts = new Int32Array(table.series.length)
  for (const series of table.seriesOf) counts[series] = counts[series]! + 1
  const times = Array.from(counts, (count) => new Float64Array(count))
  const filled = new Int32Array(table.series.length)
  for (let row = 0; row < table.at.length; row += 1) {
    const series = table.seriesOf[row]!
    times[series]![filled[series]!] = table.at[row]!
    filled[series] = filled[series]! + 1
  }
  return times.map((own) => own.sort())
}

/** The most frequent remainder of the times by the step: where the grid of a series begins. */
export function phaseOf(times: Iterable<number>, stepMs: number): number {
  const counts = new Map<number, number>()
  let best = 0
  let seen = 0
  // Nearly all times have one phase: it is counted beside the map while it goes on.
  let phase = Number.NaN
  let count = 0
  for (const at of times) {
    const here = ((at % stepMs) + stepMs) % stepMs
    if (here !== phase) {
      counts.set(phase, count)
      phase = here
      count = counts.get(phase) ?? 0
    }
    count += 1
    if (count > seen || (count === seen && phase < best)) {
      best = phase
      seen = count
    }
  }
  return best
}
