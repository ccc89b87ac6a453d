import type { QueueStore } from '../../ports/queue-store.ts'
import { callReason } from '@baari/shared/contracts/live/station-view'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { keptQueue } from './kept-queue.ts'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow } from './prepared-writes.ts'
import { call, waitQuote } from './schema/ticket.ts'

export function queueStoreOf(session: LedgerSession): QueueStore {
  const { db } = session
  const quotes = readRows(session, waitQuote, db.select().from(waitQuote))
  const standing = and(eq(call.ticket, sql.placeholder('ticket')), isNull(call.undoneAt))
  const newest = readRows(
    session,
    call,
    db.select().from(call).where(standing).orderBy(desc(call.id)).limit(1),
  )

  const addCall = insertRow(session, call, { generated: 'id' })

  return {
    ...keptQueue(session),
    quotes: () => quotes.all(),
    saveQuote: (row) =>
      void db
        .insert(waitQuote)
        .values(row)
        .onConflictDoUpdate({ target: waitQuote.vehicleClass, set: row })
        .run(),
    addCall: (made) => addCall({ ...made, reason: JSON.stringify(made.reason) }),
    callOf(ticket) {
      const row = newest.get({ ticket })
      return row && { ...row, reason: callReason.parse(JSON.parse(row.reason)) }
    },
    markUndone(ticket, at) {
      const row = newest.get({ ticket })
      if (row) db.update(call).set({ undoneAt: at }).where(eq(call.id, row.id)).run()
    },
  }
}
