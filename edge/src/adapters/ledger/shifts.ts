import type { Shift, Shifts } from '../../ports/shifts.ts'
import type { NozzleBook } from '../../ports/fill-totals.ts'
import { eq, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { shift } from './schema/people.ts'

export function shiftsOf({ db }: LedgerSession): Shifts {
  const open = db.select().from(shift).where(eq(shift.openMark, 1)).prepare()
  const byId = db
    .select()
    .from(shift)
    .where(eq(shift.id, sql.placeholder('id')))
    .prepare()

  return {
    open: () => shiftOf(open.get()),
    byId: (id) => shiftOf(byId.get({ id })),
    add: (row) =>
      void db
        .insert(shift)
        .values({ ...row, booksAtOpen: JSON.stringify(row.booksAtOpen), closed: null, openMark: 1 })
        .run(),
    close: ({ id, closed }) =>
      void db
        .update(shift)
        .set({ closedAt: closed?.at ?? null, closed: JSON.stringify(closed), openMark: null })
        .where(eq(shift.id, id))
        .run(),
  }
}

/** The two JSON columns hold what this file wrote: branded integers, never edited by hand. */
function shiftOf(row: typeof shift.$inferSelect | undefined): Shift | undefined {
  if (!row) return undefined
  const { id, attendant, openedAt, openingCashPaise } = row
  const booksAtOpen = JSON.parse(row.booksAtOpen) as readonly NozzleBook[]
  const closed = row.closed === null ? null : (JSON.parse(row.closed) as Shift['closed'])
  return { id, attendant, openedAt, openingCashPaise, booksAtOpen, closed }
}
