import { grams } from '@baari/shared/units/mass'
import { bookingId, stationNo, type BookingId } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { and, asc, eq, inArray, isNull, lt, notExists, sql } from 'drizzle-orm'
import type { Pool, PoolClient } from 'pg'
import type { Booking } from '../../domain/booking/booking.ts'
import type { Offer, Waitlist, WaitlistTx } from '../../ports/waitlist.ts'
import { bookingOf, newRowOf } from './booking-record.ts'
import { databaseOf, type Database } from './database.ts'
import { putMessage } from './outbox.ts'
import { inTransaction, transactResult } from './pool.ts'
import { saleTxOf } from './sale-book.ts'
import { booking, bookingCell, standbyOffer } from './schema/bookings.ts'
import { keepOdds } from './show-odds.ts'

/** The waiting list in PostgreSQL. */
export function waitlistOf(pool: Pool, clock: Clock): Waitlist {
  const db = databaseOf(pool)
  return {
    transact: <T>(work: (tx: WaitlistTx) => Promise<Result<T, Refusal>>) =>
      transactResult(pool, (client) => work(waitlistTxOf(client, clock))),
    async open(limit) {
      const rows = await db
        .select()
        .from(standbyOffer)
        .where(isNull(standbyOffer.answer))
        .orderBy(asc(standbyOffer.sentAtMs))
        .limit(limit)
      return rows.map(offerOf)
    },
    next: (of) => nextOfEachWindow(db, of),
    async tooLate(windowBefore, limit) {
      const rows = await db
        .select()
        .from(booking)
        .where(and(eq(booking.state, 'waitlisted'), lt(booking.windowStartMs, windowBefore)))
        .orderBy(asc(booking.windowStartMs))
        .limit(limit)
      return rows.map(bookingOf)
    },
    offer: (offer, message) =>
      inTransaction(pool, async (client) => {
        const { id, booking: of, station, windowStart, need, sentAt } = offer
        const made = await databaseOf(client)
          .insert(standbyOffer)
          .values({
            ...{ id, bookingId: of, stationNo: station, windowStartMs: windowStart },
            ...{ milliMinutes: need.work, grams: need.gas, sentAtMs: sentAt },
          })
          .onConflictDoNothing()
        if (made.rowCount !== 1) return false
        const about = { kind: 'standby_offer', booking: of, offer: id, now: sentAt } as const
        await putMessage(client, { ...message, ...about })
        return true
      }),
  }
}

async function nextOfEachWindow(
  db: Database,
  { askedBefore, limit }: { readonly askedBefore: Instant; readonly limit: number },
): Promise<readonly Booking[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT DISTINCT ON (w.station_no, w.window_start_ms) w.id
    FROM booking AS w
    LEFT JOIN LATERAL (
      SELECT max(answered_at_ms) AS at FROM standby_offer WHERE booking_id = w.id
    ) AS asked ON true
    WHERE w.state = 'waitlisted' AND coalesce(asked.at, 0) < ${askedBefore}
      AND NOT EXISTS (
        SELECT 1 FROM standby_offer AS o WHERE o.station_no = w.station_no
          AND o.window_start_ms = w.window_start_ms AND o.answer IS NULL)
    ORDER BY w.station_no, w.window_start_ms, asked.at NULLS FIRST, w.created_at_ms, w.id
    LIMIT ${limit}`)
  if (rows.length === 0) return []
  const found = await db
    .select()
    .from(booking)
    .where(
      inArray(
        booking.id,
        rows.map(({ id }) => id),
      ),
    )
  return found.map(bookingOf)
}

function waitlistTxOf(client: PoolClient, clock: Clock): WaitlistTx {
  const db = databaseOf(client)
  return {
    ...saleTxOf(client, clock),
    async join(waiting) {
      const made = await db
        .insert(booking)
        .values({ ...newRowOf(waiting), livePlate: null })
        .onConflictDoNothing()
      return made.rowCount === 1
    },
    openOffer: (id) => openOffer(db, id),
    async answer(id, answer, now) {
      await db
        .update(standbyOffer)
        .set({ answer, answeredAtMs: now })
        .where(and(eq(standbyOffer.id, id), isNull(standbyOffer.answer)))
    },
    takeUp: (taken, sale) => takeUp(db, taken, { ...sale, now: clock.now() }),
  }
}

async function openOffer(db: Database, id: BookingId): Promise<Offer | undefined> {
  const [row] = await db
    .select()
    .from(standbyOffer)
    .where(and(eq(standbyOffer.bookingId, id), isNull(standbyOffer.answer)))
    .for('update')
  return row && offerOf(row)
}

async function takeUp(
  db: Database,
  taken: Booking,
  { plan, odds, now }: Parameters<WaitlistTx['takeUp']>[1] & { readonly now: Instant },
): Promise<boolean> {
  const live = db
    .select({ one: sql`1` })
    .from(sql`booking AS other`)
    .where(sql`other.live_plate = ${taken.plate}`)
  const done = await db
    .update(booking)
    .set({
      ...newRowOf(taken),
      version: taken.version + 1,
      updatedAtMs: now,
    })
    .where(and(eq(booking.id, taken.id), eq(booking.version, taken.version), notExists(live)))
  if (done.rowCount !== 1) return false
  await db.insert(bookingCell).values(
    plan.map(({ start, work, gas }) => ({
      ...{ bookingId: taken.id, stationNo: taken.station, cellStartMs: start },
      ...{ milliMinutes: work, grams: gas },
    })),
  )
  await keepOdds(db, taken, odds)
  return true
}

function offerOf(row: typeof standbyOffer.$inferSelect): Offer {
  return {
    id: row.id,
    booking: bookingId(row.bookingId),
    station: stationNo(row.stationNo),
    windowStart: instant(row.windowStartMs),
    need: { work: milliMinutes(row.milliMinutes), gas: grams(row.grams) },
    sentAt: instant(row.sentAtMs),
    deliveredAt: row.deliveredAtMs === null ? undefined : instant(row.deliveredAtMs),
  }
}
