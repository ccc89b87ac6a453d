import { noCapacity, type Capacity } from '@baari/shared/domain/lease/capacity'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { grams } from '@baari/shared/units/mass'
import type { BookingId } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { and, asc, eq, gte, lt, sql, type SQL } from 'drizzle-orm'
import { openChannels } from '../../domain/booking/sale-rules.ts'
import type {
  CellLoads,
  Cells,
  CellRange,
  KeptWindow,
  LentCell,
  SaleCell,
} from '../../ports/sales.ts'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Database } from './database.ts'
import { termInForce } from './leases.ts'
import { slotCell } from './schema/stations.ts'

/** Capacity inside the transaction of `db`. */
export function cellsIn(db: Database, clock: Clock): Cells {
  return {
    term: (station) => termInForce(db, station, clock.now()),
    lock: async (range) => (await cellQuery(db, range).for('no key update')).map(lentCell),
    openSold: (range) => openSold(db, range),
    lotSold: (range) => soldBy(db, range, wonByLot),
    keptForOffers: (range, except) => keptForOffers(db, range, except),
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
export async function freeCells(db: Database, range: CellRange): Promise<readonly SaleCell[]> {
  const [cells, sold] = await Promise.all([cellQuery(db, range), openSold(db, range)])
  return cells.map((row) => ({
    ...lentCell(row),
    openSold: sold.get(instant(row.start)) ?? noCapacity,
  }))
}

/** What is sold and granted, also where more is sold than granted. */
export async function cellLoads(db: Database, range: CellRange): Promise<readonly CellLoads[]> {
  return (await cellQuery(db, range)).map((row) => ({
    start: instant(row.start),
    granted: { work: milliMinutes(row.grantedWork), gas: grams(row.grantedGas) },
    sold: { work: milliMinutes(row.soldWork), gas: grams(row.soldGas) },
  }))
}

type Row = {
  readonly start: number
  readonly grantedWork: number
  readonly grantedGas: number
  readonly soldWork: number
  readonly soldGas: number
}

function cellQuery(db: Database, { station, from, to }: CellRange) {
  return db
    .select({
      start: slotCell.cellStartMs,
      grantedWork: slotCell.grantedMilliMinutes,
      grantedGas: slotCell.grantedGrams,
      soldWork: slotCell.soldMilliMinutes,
      soldGas: slotCell.soldGrams,
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

const wonByLot = sql`EXISTS (SELECT 1 FROM lot_booking AS won WHERE won.booking_id = booking.id)`

/** Winners of the lot are bookings of the page too, and count here as such. */
function openSold(db: Database, range: CellRange): Promise<ReadonlyMap<Instant, Capacity>> {
  const open = sql`booking.channel = ANY (${sql.param([...openChannels])}::text[])`
  return soldBy(db, range, open)
}

async function soldBy(
  db: Database,
  { station, from, to }: CellRange,
  who: SQL,
): Promise<ReadonlyMap<Instant, Capacity>> {
  const { rows } = await db.execute<{ start: string; work: string; gas: string }>(sql`
    SELECT taken.cell_start_ms AS start, sum(taken.milli_minutes) AS work, sum(taken.grams) AS gas
    FROM booking_cell AS taken JOIN booking ON booking.id = taken.booking_id
    WHERE taken.station_no = ${station} AND taken.cell_start_ms >= ${from}
      AND taken.cell_start_ms < ${to}
      AND ${who}
    GROUP BY taken.cell_start_ms`)
  return new Map(
    rows.map(({ start, work, gas }) => [
      instant(Number(start)),
      { work: milliMinutes(Number(work)), gas: grams(Number(gas)) },
    ]),
  )
}

/** Of both kinds: the waiting list's and re-timing's. */
export async function keptForOffers(
  db: Database,
  { station, from, to }: CellRange,
  except: BookingId | null,
): Promise<readonly KeptWindow[]> {
  const { rows } = await db.execute<{ start: string; work: string; gas: string }>(sql`
    SELECT window_start_ms AS start, milli_minutes AS work, grams AS gas
    FROM kept_window WHERE station_no = ${station}
      AND window_start_ms >= ${from} AND window_start_ms < ${to}
      AND booking_id IS DISTINCT FROM ${except}::uuid
    ORDER BY sent_at_ms, booking_id`)
  return rows.map(({ start, work, gas }) => ({
    windowStart: instant(Number(start)),
    work: milliMinutes(Number(work)),
    gas: grams(Number(gas)),
  }))
}

function lentCell(row: Row): LentCell {
  return {
    start: instant(row.start),
    work: milliMinutes(Math.max(0, row.grantedWork - row.soldWork)),
    gas: grams(Math.max(0, row.grantedGas - row.soldGas)),
    granted: { work: milliMinutes(row.grantedWork), gas: grams(row.grantedGas) },
  }
}

function rowsOf(cells: readonly FreeCell[]) {
  const column = (pick: (cell: FreeCell) => number) => sql`${sql.param(cells.map(pick))}::bigint[]`
  return sql`unnest(${column(({ start }) => start)}, ${column(({ work }) => work)},
    ${column(({ gas }) => gas)})`
}
