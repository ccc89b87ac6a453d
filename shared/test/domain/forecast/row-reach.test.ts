import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { describe as featuresOf } from '@baari/shared/domain/forecast/features/feature-function'
import { planOf } from '@baari/shared/domain/forecast/features/feature-plan'
import { newestRead, oldestRead } from '@baari/shared/domain/forecast/features/row-reach'
import { layGrid } from '@baari/shared/domain/forecast/series/lay-grid'
import { runningSums, type SeriesGrid } from '@baari/shared/domain/forecast/series/series-grid'
import {
  demandTables,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { instant } from '@baari/shared/units/time'

const plan = planOf({
  ...{ manySeries: true, yearSeen: false, manyLeads: true, covariates: [] },
})
/** Not at a day's start, so that days are cut by the grid's beginning. */
const counts = madeDemand(60).slice(37)
const from = instant(counts.at(-1)!.start + quarterMs)
const tables = demandTables([{ station: 7, counts, usual: usualOf(counts) }], from)
const laid = layGrid({ ...tables, stepMs: quarterMs })
const { grids, historyEnd } = laid.ok ? laid.value : expect.fail(laid.error.code)
const grid = grids[2]!
const last = historyEnd[2]!

/** What the row says by all that is made of it. */
function rowOf(own: SeriesGrid, ask: { readonly cell: number; readonly until: number }) {
  const { table, level, naive, weekdayMean } = featuresOf({ plan, grids: [own], usual: [1] }, [
    { series: 0, ...ask },
  ])
  return { cells: [...table.cells], level: level[0], naive: naive[0], weekdayMean: weekdayMean[0] }
}

function withValues(valueAt: (cell: number) => number): SeriesGrid {
  const values = grid.values.map((_, cell) => valueAt(cell))
  return { ...grid, values, ...runningSums(values, grid) }
}

/** Every lead of a week, the first and last quarters of each. */
const asks = [96, 97, 191, 192, 193, 300, 576, 577, 600, 669, 670, 671, 672, 673, 900].flatMap(
  (distance) => [
    { cell: last + distance, until: last },
    { cell: last - 1_000, until: last - 1_000 - distance },
  ],
)

describe('how far a row of features reads', () => {
  it('nothing outside its ends changes it, to the bit', () => {
    const chance = seededChance(4)
    for (const ask of asks) {
      const [oldest, newest] = [oldestRead(grid, ask), newestRead(grid, ask)]
      const changed = withValues((cell) =>
        cell >= oldest && cell <= newest ? grid.values[cell]! : 9 * chance(),
      )
      expect(rowOf(changed, ask)).toEqual(rowOf(grid, ask))
    }
  })

  it('nor does where the grid begins', () => {
    for (const ask of asks) {
      const cut = Math.max(0, oldestRead(grid, ask))
      const values = grid.values.slice(cut)
      const startMs = grid.startMs + cut * quarterMs
      const offsetMinutes = grid.offsetMinutes.slice(cut)
      const lattice = { startMs, stepMs: quarterMs }
      const shorter = {
        ...grid,
        ...lattice,
        values,
        offsetMinutes,
        ...runningSums(values, lattice),
      }
      const moved = { cell: ask.cell - cut, until: ask.until - cut }
      expect(rowOf(shorter, moved)).toEqual(rowOf(grid, ask))
    }
  })

  it('the newest cell itself is read, and two rows that end there are the same', () => {
    for (const ask of asks) {
      const newest = newestRead(grid, ask)
      const changed = withValues((cell) => grid.values[cell]! + (cell === newest ? 1 : 0))
      expect(rowOf(changed, ask)).not.toEqual(rowOf(grid, ask))
    }
    // Four days ahead either way: ten quarters later nothing more of use is known.
    const [early, late] = [300, 290].map((distance) => ({ cell: 4_000, until: 4_000 - distance }))
    expect(newestRead(grid, early!)).toBe(newestRead(grid, late!))
    expect(rowOf(grid, early!)).toEqual(rowOf(grid, late!))
  })
})
