import { newestRead, oldestRead } from '../features/row-reach.ts'
import type { MemberTable } from '../backtest/member-table.ts'
import { demandTargets, quarterMs, quartersPerDay } from './station-demand.ts'
import type { WeekAsks } from './week-asks.ts'

/**
 * What an earlier week of this station, program and model was made of: the readings, and row by row
 * what the features and the model said. From one quarter hour to the next nearly all of it is the same.
 */
export type KeptRows = {
  readonly members: readonly MemberName[]
  readonly readings: readonly KeptReadings[]
  /** Series, start of the cell, and how many cells before it the newest lies that its row has read. */
  readonly series: Float64Array
  readonly at: Float64Array
  readonly age: Float64Array
  readonly naive: Float64Array
  readonly weekdayMean: Float64Array
  /** In the order of `members`. */
  readonly forecasts: readonly Float64Array[]
}

export type MemberName = { readonly of: keyof MemberTable; readonly name: string }

/** A series as it was read, up to the last recorded quarter. */
export type KeptReadings = { readonly startMs: number; readonly values: Float64Array }

/**
 * Where each row lies among those that are kept; −1 for one that has to be made anew: it was not
 * asked, or not of the same cells, or a reading among them is another one now.
 */
export function keptPlaces(
  kept: KeptRows,
  { laid: { grids, historyEnd }, asks }: Pick<WeekAsks, 'laid' | 'asks'>,
): Int32Array {
  const places = new Int32Array(asks.length).fill(-1)
  const byCell = keptByCell(kept)
  const changes = grids.map((grid, series) => {
    const readings = kept.readings[series]
    const { startMs } = grid
    const values = grid.values.subarray(0, historyEnd[series]! + 1)
    return readings && changesBetween(readings, { startMs, values })
  })
  const reach = reachByDistance()
  asks.forEach(({ series, cell, until }, row) => {
    const own = changes[series]
    const place = byCell(series, grids[series]!.startMs + cell * quarterMs)
    if (place === undefined || own === undefined) return
    const { age, oldest } = reach(cell - until)
    if (kept.age[place] === age && own.none(cell - oldest, cell - age)) places[row] = place
  })
  return places
}

/** Nothing is kept for longer: rows further apart are of a clock that was wrong. */
const cellsMax = 100 * quartersPerDay

function keptByCell({ series, at }: KeptRows): (series: number, at: number) => number | undefined {
  const first = at.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  const rows = new Int32Array(cellsMax * demandTargets.length).fill(-1)
  const keyOf = (of: number, ms: number): number =>
    ((ms - first) / quarterMs) * demandTargets.length + of
  for (let row = 0; row < at.length; row += 1) rows[keyOf(series[row]!, at[row]!)] = row
  return (of, ms) => {
    const row = rows[keyOf(of, ms)]
    return row === undefined || row < 0 ? undefined : row
  }
}

type Distances = { readonly age: number; readonly oldest: number }

/** How far before its cell a row reads, by how far the last known cell lies: there are few of these. */
function reachByDistance(): (distance: number) => Distances {
  const known: Distances[] = []
  const step = { stepMs: quarterMs }
  return (distance) => {
    const found = known[distance]
    if (found !== undefined) return found
    const ask = { cell: 0, until: -distance }
    const made = { age: -newestRead(step, ask), oldest: -oldestRead(step, ask) }
    known[distance] = made
    return made
  }
}

type Changes = {
  /** Whether all cells of the present grid from `oldest` to `newest` read as they did. */
  readonly none: (oldest: number, newest: number) => boolean
}

/** A cell outside a grid is unknown; one after the end of either is not compared and never the same. */
function changesBetween(then: KeptReadings, now: KeptReadings): Changes | undefined {
  const shift = (now.startMs - then.startMs) / quarterMs
  if (!Number.isInteger(shift)) return undefined
  const first = Math.min(0, -shift)
  const end = Math.min(now.values.length, then.values.length - shift)
  const counts = new Int32Array(Math.max(0, end - first) + 1)
  for (let at = 1; at < counts.length; at += 1) {
    const cell = first + at - 1
    const before = then.values[cell + shift] ?? Number.NaN
    const after = now.values[cell] ?? Number.NaN
    counts[at] = counts[at - 1]! + (Object.is(before, after) ? 0 : 1)
  }
  return {
    none(oldest, newest) {
      const [from, to] = [Math.max(0, oldest - first), newest - first + 1]
      return to < counts.length && (to <= from || counts[to] === counts[from])
    },
  }
}

/** A value for each row: the kept one where it has a place, and otherwise the next of the fresh ones. */
export function filledIn(
  places: Int32Array,
  kept: Float64Array,
  fresh: Float64Array | undefined,
): Float64Array {
  const out = new Float64Array(places.length)
  let next = 0
  for (let row = 0; row < out.length; row += 1) {
    const place = places[row]!
    if (place >= 0) out[row] = kept[place]!
    else {
      out[row] = fresh?.[next] ?? Number.NaN
      next += 1
    }
  }
  return out
}
