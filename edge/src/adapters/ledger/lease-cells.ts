import { less, type Capacity } from '@baari/shared/domain/lease/capacity'
import type { StationCell } from '@baari/shared/domain/lease/station-cells'
import { grams } from '@baari/shared/units/mass'
import { instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import type { LeaseStore } from '../../ports/leases.ts'
import type { LedgerSession } from './ledger-session.ts'

const accounts = ['bookable', 'cloud', 'granted', 'sold', 'over', 'borrowed', 'asked'] as const
type Account = (typeof accounts)[number]
type CellRow = { readonly start_ms: number; readonly regrant: number; readonly closed: number } & {
  readonly [A in Account as `${A}_milli_minutes` | `${A}_grams`]: number
}

const names = [
  'start_ms',
  ...accounts.flatMap((name) => [`${name}_milli_minutes`, `${name}_grams`] as const),
  'regrant',
  'closed',
] as const

type CellStore = Pick<LeaseStore, 'take'> & {
  all(): readonly StationCell[]
  /** Writes rows that differ; what the station may sell also follows from the time. */
  save(cells: readonly StationCell[], granted: (cell: StationCell) => Capacity): void
}

/** Rows of the horizon: 294 at most, read and compared as a whole. */
export function leaseCellsOf({ sqlite }: LedgerSession): CellStore {
  const all = sqlite.prepare<[], CellRow>('SELECT * FROM lease_cell ORDER BY start_ms')
  const put = sqlite.prepare(
    `INSERT OR REPLACE INTO lease_cell (${names.join()})
     VALUES (${names.map((name) => `@${name}`).join()})`,
  )
  const drop = sqlite.prepare('DELETE FROM lease_cell WHERE start_ms < ?')
  const take = sqlite.prepare(
    `UPDATE lease_cell SET sold_milli_minutes = sold_milli_minutes + @work,
       sold_grams = sold_grams + @gas
     WHERE start_ms = @start AND (@work = 0 OR sold_milli_minutes + @work <= granted_milli_minutes)
       AND (@gas = 0 OR sold_grams + @gas <= granted_grams)`,
  )
  return {
    all: () => all.all().map(cellOf),
    save(cells, granted) {
      const known = new Map(all.all().map((row) => [row.start_ms, row]))
      for (const cell of cells) {
        const row = rowOf(cell, granted(cell))
        const before = known.get(cell.start)
        if (before === undefined || names.some((name) => before[name] !== row[name])) put.run(row)
      }
      if (cells[0] !== undefined) drop.run(cells[0].start)
    },
    take: (plan) =>
      plan.toSorted((a, b) => a.start - b.start).every((cell) => take.run(cell).changes === 1),
  }
}

function cellOf(row: CellRow): StationCell {
  const account = (name: Account): Capacity => ({
    work: milliMinutes(row[`${name}_milli_minutes`]),
    gas: grams(row[`${name}_grams`]),
  })
  return {
    start: instant(row.start_ms),
    bookable: account('bookable'),
    cloud: account('cloud'),
    sold: account('sold'),
    borrowed: account('borrowed'),
    asked: account('asked'),
    over: row.regrant === 1,
    closed: row.closed === 1,
  }
}

function rowOf(cell: StationCell, granted: Capacity): CellRow {
  const { bookable, cloud, sold, borrowed, asked } = cell
  const over = less(sold, granted)
  return {
    start_ms: cell.start,
    bookable_milli_minutes: bookable.work,
    bookable_grams: bookable.gas,
    cloud_milli_minutes: cloud.work,
    cloud_grams: cloud.gas,
    granted_milli_minutes: granted.work,
    granted_grams: granted.gas,
    sold_milli_minutes: sold.work,
    sold_grams: sold.gas,
    over_milli_minutes: over.work,
    over_grams: over.gas,
    borrowed_milli_minutes: borrowed.work,
    borrowed_grams: borrowed.gas,
    asked_milli_minutes: asked.work,
    asked_grams: asked.gas,
    regrant: cell.over ? 1 : 0,
    closed: cell.closed ? 1 : 0,
  }
}
