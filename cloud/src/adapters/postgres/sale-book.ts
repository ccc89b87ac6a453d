import type { CodePlace } from '@baari/shared/domain/slots/code-place'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { bookingId, type BookingId, type StationNo } from '@baari/shared/units/names'
import { dayNumber } from '@baari/shared/units/time'
import { and, asc, desc, eq, exists, inArray, lt, or, sql } from 'drizzle-orm'
import type { Pool, PoolClient } from 'pg'
import type { Booking } from '../../domain/booking/booking.ts'
import type { BookingRows, DueQuery, SaleBook, SaleOdds, SaleTx } from '../../ports/sales.ts'
import { bookingsNear, keepOdds, lastOutcome, showCounts } from './show-odds.ts'
import { bookingOf, changedColumns, newRowOf } from './booking-record.ts'
import { cellsIn, freeCells } from './cells.ts'
import { databaseOf, type Database } from './database.ts'
import { termInForce } from './leases.ts'
import { pastBookings } from './past-bookings.ts'
import { transactResult } from './pool.ts'
import { booking, bookingCell, deniedToken } from './schema/bookings.ts'
import { driver } from './schema/people.ts'

/** The seller's books in PostgreSQL. */
export function saleBookOf(pool: Pool, clock: Clock): SaleBook {
  const db = databaseOf(pool)
  return {
    transact: <T>(work: (tx: SaleTx) => Promise<Result<T, Refusal>>) =>
      transactResult(pool, (client) => work(saleTxOf(client, clock))),
    find: (id) => findBooking(db, id),
    async findByRequest(owner, requestKey) {
      const [row] = await db
        .select()
        .from(booking)
        .where(and(eq(booking.driverId, owner), eq(booking.requestKey, requestKey)))
      return row && bookingOf(row)
    },
    async ofDriver(owner, { before, limit }) {
      const rows = await db
        .select()
        .from(booking)
        .where(and(eq(booking.driverId, owner), before && lt(booking.id, before)))
        .orderBy(desc(booking.id))
        .limit(limit)
      return rows.map(bookingOf)
    },
    freeCells: (range) => freeCells(db, range),
    term: (station) => termInForce(db, station, clock.now()),
    due: (query) => dueBookings(db, query),
    lastOutcome: (plate) => lastOutcome(db, plate),
    showCounts: (station, cohort) => showCounts(db, { station, cohort }),
  }
}

/** Capacity and bookings inside the transaction that runs on `client`. */
export function saleTxOf(client: PoolClient, clock: Clock): SaleTx {
  const db = databaseOf(client)
  return { cells: cellsIn(db, clock), bookings: bookingRowsIn(db, clock) }
}

function bookingRowsIn(db: Database, clock: Clock): BookingRows {
  return {
    find: (id) => findBooking(db, id),
    async countHolds(owner) {
      await lockDriver(db, owner)
      const live = inArray(booking.state, ['held', 'expiring'])
      return db.$count(booking, and(eq(booking.driverId, owner), live))
    },
    async past(of) {
      await lockDriver(db, of.driver)
      if (of.payer !== undefined) await lockPayer(db, of.payer)
      return pastBookings(db, of)
    },
    usedCodes: (station, slots) => usedCodes(db, station, slots),
    near: (range, except) => bookingsNear(db, range, except),
    async keepLot(id) {
      await db.execute(sql`INSERT INTO lot_booking (booking_id) VALUES (${id})`)
    },
    async keepPayer(id, payer) {
      await db.execute(sql`
        INSERT INTO booking_payer (booking_id, payer) VALUES (${id}, ${payer})
        ON CONFLICT DO NOTHING`)
    },
    insert: (sold, taken, odds) => insertBooking(db, sold, { taken, odds }),
    async change(known, change) {
      const done = await db
        .update(booking)
        .set({
          ...changedColumns(change),
          version: known.version + 1,
          updatedAtMs: clock.now(),
        })
        .where(and(eq(booking.id, known.id), eq(booking.version, known.version)))
      return done.rowCount === 1
    },
    async deny(known, { minRev, reason }) {
      await db
        .insert(deniedToken)
        .values({ bookingId: known.id, stationNo: known.station, minRev, reason })
        .onConflictDoUpdate({
          target: deniedToken.bookingId,
          set: { minRev: sql`greatest(${deniedToken.minRev}, excluded.min_rev)` },
        })
    },
  }
}

/** Not FOR UPDATE: a sale's foreign key looks at this row while it holds cells. */
async function lockDriver(db: Database, id: string): Promise<void> {
  await db.select({ id: driver.id }).from(driver).where(eq(driver.id, id)).for('no key update')
}

/** A payer has no row of its own: until the transaction ends its name is the lock. */
async function lockPayer(db: Database, payer: string): Promise<void> {
  await db.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`payer:${payer}`}, 0))`)
}

async function findBooking(db: Database, id: BookingId): Promise<Booking | undefined> {
  const [row] = await db.select().from(booking).where(eq(booking.id, id))
  return row && bookingOf(row)
}

/**
 * Any unique index may say no: the vehicle's live booking or the request's key. The caller finds
 * out which, after the transaction; the code place is safe behind the locks of the cells.
 */
async function insertBooking(
  db: Database,
  sold: Booking,
  { taken, odds }: { readonly taken: readonly FreeCell[]; readonly odds: SaleOdds | undefined },
): Promise<boolean> {
  const made = await db.insert(booking).values(newRowOf(sold)).onConflictDoNothing()
  if (made.rowCount !== 1) return false
  const cells = taken.map((cell) => ({
    bookingId: sold.id,
    stationNo: sold.station,
    cellStartMs: cell.start,
    milliMinutes: cell.work,
    grams: cell.gas,
  }))
  await db.insert(bookingCell).values(cells)
  if (odds !== undefined) await keepOdds(db, sold, odds)
  return true
}

async function usedCodes(
  db: Database,
  station: StationNo,
  slots: readonly Omit<CodePlace, 'n'>[],
): Promise<CodePlace[]> {
  const rows = await db
    .select({ day: booking.codeDay, slot: booking.codeSlot, n: booking.codeN })
    .from(booking)
    .where(
      and(
        eq(booking.stationNo, station),
        or(...slots.map((at) => and(eq(booking.codeDay, at.day), eq(booking.codeSlot, at.slot)))),
      ),
    )
  return rows.flatMap(({ day, slot, n }) =>
    day === null || slot === null || n === null ? [] : [{ day: dayNumber(day), slot, n }],
  )
}

const dueColumns = {
  holdUntil: booking.holdUntilMs,
  expires: booking.expiresMs,
  windowStart: booking.windowStartMs,
} as const

/** A station that was late makes its tokens valid longer. */
const tokenEnd = sql`${booking.expiresMs} + station_delay_of(${booking.stationNo}, ${booking.windowStartMs})`

async function dueBookings(db: Database, query: DueQuery): Promise<readonly BookingId[]> {
  const column = dueColumns[query.column]
  const keeping = query.keepingCapacity
    ? exists(
        db
          .select({ one: sql`1` })
          .from(bookingCell)
          .where(eq(bookingCell.bookingId, booking.id)),
      )
    : undefined
  const rows = await db
    .select({ id: booking.id })
    .from(booking)
    .where(
      and(
        inArray(booking.state, [...query.states]),
        lt(column, query.before + 1),
        query.column === 'expires' ? lt(tokenEnd, query.before + 1) : undefined,
        keeping,
      ),
    )
    .orderBy(asc(column))
    .limit(query.limit)
  return rows.map(({ id }) => bookingId(id))
}
