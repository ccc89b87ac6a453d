import type { CheckIns } from '../../ports/check-ins.ts'
import { asc, eq, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow, upsertRow } from './prepared-writes.ts'
import { checkIn, gateEvent } from './schema/check-in.ts'

export function checkInsOf(session: LedgerSession): CheckIns {
  const { db } = session
  const all = () => db.select().from(checkIn)
  const named = { booking: sql.placeholder('booking'), ticket: sql.placeholder('ticket') }
  const ofBooking = readRows(
    session,
    checkIn,
    all().where(eq(checkIn.booking, named.booking)).orderBy(asc(checkIn.useNo)),
  )
  const ofTicket = readRows(session, checkIn, all().where(eq(checkIn.ticket, named.ticket)))
  const gateEvents = db
    .select({
      booking: gateEvent.booking,
      direction: gateEvent.direction,
      lane: gateEvent.lane,
      at: gateEvent.at,
    })
    .from(gateEvent)
    .where(eq(gateEvent.booking, sql.placeholder('booking')))
    .orderBy(asc(gateEvent.id))
    .prepare()

  return {
    ofBooking: (booking) => ofBooking.all({ booking }),
    ofTicket: (ticket) => ofTicket.get({ ticket }),
    save: upsertRow(session, checkIn, { key: [checkIn.booking, checkIn.useNo] }),
    addGateEvent: insertRow(session, gateEvent, { generated: 'id' }),
    gateEvents: (booking) => gateEvents.all({ booking }),
  }
}
