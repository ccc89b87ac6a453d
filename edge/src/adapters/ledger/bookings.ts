import type { Bookings } from '../../ports/bookings.ts'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { and, asc, between, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertNewRow } from './prepared-writes.ts'
import { booking, deniedToken, noShow, provisionalBooking } from './schema/booking.ts'
import { checkIn } from './schema/check-in.ts'

const perPlate = 50
const perSearch = 20
const perSpan = 500

/** States in which the station still waits for the vehicle. */
const awaited: BookingRow['state'][] = ['active', 'confirmed', 'cancel_pending']

export function bookingsOf(session: LedgerSession): Bookings {
  const { db } = session
  const read = lookups(session)
  const addNoShow = insertNewRow(session, noShow)
  return {
    byId: (id) => read.byId.get({ id }),
    byCode: (code) => read.byCode.all({ code }),
    byPlate: (plate) => read.byPlate.all({ plate }),
    search: (text) => searchIn(db, text),
    provisional: (id) => read.provisional.get({ id }),
    provisionalByCode: (code) => read.provisionalByCode.get({ code }),
    addProvisional: (row) => void db.insert(provisionalBooking).values(row).run(),
    denied: (id) => read.denied.get({ id }),
    expected: (from, to) => read.expected.all({ from, to }),
    unreportedNoShows: (before, limit) => read.overdue.all({ before, limit }),
    markNoShow: (id, at) => addNoShow({ booking: id, atMs: at }),
  }
}

/** What is asked for with every scan, and every minute; compiled once. */
function lookups(session: LedgerSession) {
  const { db } = session
  const slot = (name: string) => sql.placeholder(name)
  const bookings = () => db.select().from(booking)
  const alone = () => db.select().from(provisionalBooking)
  const denied = db.select().from(deniedToken)
  return {
    byId: readRows(session, booking, bookings().where(eq(booking.id, slot('id')))),
    byCode: readRows(
      session,
      booking,
      bookings()
        .where(eq(booking.code, slot('code')))
        .limit(2),
    ),
    byPlate: readRows(
      session,
      booking,
      bookings()
        .where(eq(booking.plate, slot('plate')))
        .orderBy(asc(booking.window_start_ms))
        .limit(perPlate),
    ),
    provisional: readRows(
      session,
      provisionalBooking,
      alone().where(eq(provisionalBooking.id, slot('id'))),
    ),
    provisionalByCode: readRows(
      session,
      provisionalBooking,
      alone().where(eq(provisionalBooking.code, slot('code'))),
    ),
    denied: readRows(session, deniedToken, denied.where(eq(deniedToken.bookingId, slot('id')))),
    expected: readRows(session, booking, expectedRows(session)),
    overdue: readRows(session, booking, overdueRows(session)),
  }
}

function searchIn(db: LedgerSession['db'], text: string): BookingRow[] {
  const escaped = text.replace(/[\\%_]/g, '\\$&')
  const tail = `%${escaped}`
  const matches = (column: unknown, pattern: string) => sql`${column} LIKE ${pattern} ESCAPE '\\'`
  return db
    .select()
    .from(booking)
    .where(
      or(
        matches(booking.plate, tail),
        matches(booking.code, tail),
        matches(booking.driver_name, `%${escaped}%`),
      ),
    )
    .orderBy(asc(booking.window_start_ms))
    .limit(perSearch)
    .all()
}

function expectedRows({ db }: LedgerSession) {
  return db
    .select({ booking })
    .from(booking)
    .leftJoin(checkIn, eq(checkIn.booking, booking.id))
    .where(
      and(
        inArray(booking.state, awaited),
        between(booking.window_start_ms, sql.placeholder('from'), sql.placeholder('to')),
        isNull(checkIn.booking),
      ),
    )
    .orderBy(asc(booking.window_start_ms))
    .limit(perSpan)
}

function overdueRows({ db }: LedgerSession) {
  return db
    .select({ booking })
    .from(booking)
    .leftJoin(checkIn, eq(checkIn.booking, booking.id))
    .leftJoin(noShow, eq(noShow.booking, booking.id))
    .where(
      and(
        inArray(booking.state, awaited),
        lt(booking.expires_ms, sql.placeholder('before')),
        isNull(checkIn.booking),
        isNull(noShow.booking),
      ),
    )
    .orderBy(asc(booking.expires_ms))
    .limit(sql.placeholder('limit'))
}
