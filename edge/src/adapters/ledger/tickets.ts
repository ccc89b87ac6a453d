import type { ShownPlace, Tickets } from '../../ports/tickets.ts'
import { and, asc, eq, max, sql } from 'drizzle-orm'
import type { BuiltQuery } from './compiled-statement.ts'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow, updateRow } from './prepared-writes.ts'
import { ticket } from './schema/ticket.ts'

type PlaceRow = readonly [
  ShownPlace['id'],
  ShownPlace['state'],
  ShownPlace['position'],
  ShownPlace['calledAt'],
]

export function ticketsOf(session: LedgerSession): Tickets {
  const { db, sqlite } = session
  const rows = (query: BuiltQuery) => readRows(session, ticket, query)
  // A literal: for a bound value SQLite compiles a statement over a partial index anew each time.
  const notClosed = sql`${ticket.state} <> 'closed'`
  const ofBooking = eq(ticket.booking, sql.placeholder('booking'))
  const all = () => db.select().from(ticket)
  const byId = rows(all().where(eq(ticket.id, sql.placeholder('id'))))
  const openOfBooking = rows(all().where(and(ofBooking, notClosed)))
  const open = rows(all().where(notClosed).orderBy(asc(ticket.arrivedAt), asc(ticket.id)))
  const lastNumber = db
    .select({ n: max(ticket.number) })
    .from(ticket)
    .where(eq(ticket.day, sql.placeholder('day')))
    .prepare()

  // Read in every round of the rule: four columns, and lists, which the driver makes faster.
  const places = sqlite
    .prepare<[], PlaceRow>(
      `SELECT id, state, position, called_at_ms FROM ticket WHERE state <> 'closed'`,
    )
    .raw()
  const add = insertRow(session, ticket)
  const save = updateRow(session, ticket, ticket.id)

  return {
    byId: (id) => byId.get({ id }),
    openOfBooking: (booking) => openOfBooking.all({ booking }),
    open: () => open.all(),
    places: () =>
      places.all().map(([id, state, position, calledAt]) => ({ id, state, position, calledAt })),
    add,
    save,
    nextNumber: (day) => (lastNumber.get({ day })?.n ?? 0) + 1,
  }
}
