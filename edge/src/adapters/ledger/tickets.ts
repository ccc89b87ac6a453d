import type { Tickets } from '../../ports/tickets.ts'
import { and, asc, eq, max, ne, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { ticket } from './schema/ticket.ts'

export function ticketsOf({ db }: LedgerSession): Tickets {
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

  return {
    byId: (id) => byId.get({ id }),
    openOfBooking: (booking) => openOfBooking.all({ booking }),
    open: () => open.all(),
    add: (row) => void db.insert(ticket).values(row).run(),
    save: (row) => void db.update(ticket).set(row).where(eq(ticket.id, row.id)).run(),
    nextNumber: (day) => (lastNumber.get({ day })?.n ?? 0) + 1,
  }
}
