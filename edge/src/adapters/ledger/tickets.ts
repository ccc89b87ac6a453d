import type { ShownPlace, Tickets } from '../../ports/tickets.ts'
import { and, asc, eq, max, ne, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { insertRow, updateRow } from './prepared-writes.ts'
import { ticket } from './schema/ticket.ts'

export function ticketsOf({ db, sqlite }: LedgerSession): Tickets {
  const byId = db
    .select()
    .from(ticket)
    .where(eq(ticket.id, sql.placeholder('id')))
    .prepare()
  const openOfBooking = db
    .select()
    .from(ticket)
    .where(and(eq(ticket.booking, sql.placeholder('booking')), ne(ticket.state, 'closed')))
    .prepare()
  const open = db
    .select()
    .from(ticket)
    .where(ne(ticket.state, 'closed'))
    .orderBy(asc(ticket.arrivedAt), asc(ticket.id))
    .prepare()
  const lastNumber = db
    .select({ n: max(ticket.number) })
    .from(ticket)
    .where(eq(ticket.day, sql.placeholder('day')))
    .prepare()

  // Read in every round of the rule: raw rows of four columns, without the mapping of a whole one.
  const places = sqlite.prepare<[], ShownPlace>(
    `SELECT id, state, position, called_at_ms AS calledAt FROM ticket WHERE state <> 'closed'`,
  )
  const add = insertRow(db, ticket)
  const save = updateRow(db, ticket, ticket.id)

  return {
    byId: (id) => byId.get({ id }),
    openOfBooking: (booking) => openOfBooking.all({ booking }),
    open: () => open.all(),
    places: () => places.all(),
    add,
    save,
    nextNumber: (day) => (lastNumber.get({ day })?.n ?? 0) + 1,
  }
}
