import type { CheckIns } from '../../ports/check-ins.ts'
import { asc, eq, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { insertRow, upsertRow } from './prepared-writes.ts'
import { checkIn, gateEvent } from './schema/check-in.ts'

export function checkInsOf({ db }: LedgerSession): CheckIns {
  const ofBooking = db
    .select()
    .from(checkIn)
    .where(eq(checkIn.booking, sql.placeholder('booking')))
    .orderBy(asc(checkIn.useNo))
    .prepare()
  const ofTicket = db
    .select()
    .from(checkIn)
    .where(eq(checkIn.ticket, sql.placeholder('ticket')))
    .prepare()
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
    save: upsertRow(db, checkIn, { key: [checkIn.booking, checkIn.useNo] }),
    addGateEvent: insertRow(db, gateEvent, { generated: 'id' }),
    gateEvents: (booking) => gateEvents.all({ booking }),
  }
}
