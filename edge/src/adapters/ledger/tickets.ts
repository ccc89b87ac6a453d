import type { ShownPlace, Ticket, Tickets } from '../../ports/tickets.ts'
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
  const { db } = session
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

  const shown = shownPlaces(session)
  const add = insertRow(session, ticket)
  const save = updateRow(session, ticket, ticket.id)

  return {
    byId: (id) => byId.get({ id }),
    openOfBooking: (booking) => openOfBooking.all({ booking }),
    open: () => open.all(),
    places: shown.all,
    add(row) {
      add(row)
      shown.changed(row)
    },
    save(row) {
      save(row)
      shown.changed(row)
    },
    nextNumber: (day) => (lastNumber.get({ day })?.n ?? 0) + 1,
  }
}

/**
 * The places of the open tickets, in memory as their rows stand: every round of the rule compares
 * them all.
 */
function shownPlaces({ sqlite, memory }: LedgerSession) {
  // Lists, which the driver makes faster than objects.
  const rows = sqlite
    .prepare<[], PlaceRow>(
      `SELECT id, state, position, called_at_ms FROM ticket WHERE state <> 'closed'`,
    )
    .raw()
  let known: Map<ShownPlace['id'], ShownPlace> | undefined
  memory.join({ write: () => undefined, forget: () => void (known = undefined) })

  function all(): Map<ShownPlace['id'], ShownPlace> {
    known ??= new Map(
      rows
        .all()
        .map(([id, state, position, calledAt]) => [id, { id, state, position, calledAt }] as const),
    )
    return known
  }

  return {
    all,
    changed({ id, state, position, calledAt }: Ticket): void {
      if (state === 'closed') all().delete(id)
      else all().set(id, { id, state, position, calledAt })
    },
  }
}
