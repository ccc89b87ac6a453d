import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { grams } from '@baari/shared/units/mass'
import { instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm'
import type { Cells, CellRange } from '../../ports/sales.ts'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Database } from './database.ts'
import { termInForce } from './leases.ts'
import { slotCell } from './schema/stations.ts'

/** Capacity inside the transaction of `db`. */
export function cellsIn(db: Database, clock: Clock): Cells {
  return {
    term: (station) => termInForce(db, station, clock.now()),
    lock: async (range) => (await freeCellQuery(db, range).for('no key update')).map(freeCell),
    async take(station, plan) {
      const taken = await db.execute(sql`
        UPDATE slot_cell AS cell
        SET sold_milli_minutes = cell.sold_milli_minutes + take.work,
            sold_grams = cell.sold_grams + take.gas
        FROM ${rowsOf(plan)} AS take (start, work, gas)
        WHERE cell.station_no = ${station} AND cell.cell_start_ms = take.start
          AND (take.work = 0
            OR cell.sold_milli_minutes + take.work <= cell.granted_milli_minutes)
          AND (take.gas = 0 OR cell.sold_grams + take.gas <= cell.granted_grams)`)
      return taken.rowCount === plan.length
    },
    async giveBack(booking) {
      await db.execute(sql`
        WITH gone AS (DELETE FROM booking_cell WHERE booking_id = ${booking} RETURNING *)
        UPDATE slot_cell AS cell
        SET sold_milli_minutes = cell.sold_milli_minutes - gone.milli_minutes,
            sold_grams = cell.sold_grams - gone.grams,
            over_milli_minutes = greatest(
              0, cell.sold_milli_minutes - gone.milli_minutes - cell.granted_milli_minutes),
            over_grams = greatest(0, cell.sold_grams - gone.grams - cell.granted_grams)
        FROM gone
        WHERE cell.station_no = gone.station_no AND cell.cell_start_ms = gone.cell_start_ms`)
    },
  }
}

/** What is free, read without a lock: for lists, never for a sale. */
export async function freeCells(db: Database, range: CellRange): Promise<readonly FreeCell[]> {
  return (await freeCellQuery(db, range)).map(freeCell)
}

function freeCellQuery(db: Database, { station, from, to }: CellRange) {
  return db
    .select({
      start: slotCell.cellStartMs,
      work: sql`greatest(0, granted_milli_minutes - sold_milli_minutes)`.mapWith(Number),
      gas: sql`greatest(0, granted_grams - sold_grams)`.mapWith(Number),
    })
    .from(slotCell)
    .where(
      and(
        eq(slotCell.stationNo, station),
        gte(slotCell.cellStartMs, from),
        lt(slotCell.cellStartMs, to),
      ),
    )
    .orderBy(asc(slotCell.cellStartMs))
    .$dynamic()
}

function freeCell(row: { start: number; work: number; gas: number }): FreeCell {
  return { start: instant(row.start), work: milliMinutes(row.work), gas: grams(row.gas) }
}

function rowsOf(cells: readonly FreeCell[]) {
  const column = (pick: (cell: FreeCell) => number) => sql`${sql.param(cells.map(pick))}::bigint[]`
  return sql`unnest(${column(({ start }) => start)}, ${column(({ work }) => work)},
    ${column(({ gas }) => gas)})`
}
