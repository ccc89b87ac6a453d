import type { QueueStore } from '../../ports/queue-store.ts'
import { callReason } from '@baari/shared/contracts/live/station-view'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { call, queueState, waitQuote } from './schema/ticket.ts'

export function queueStoreOf({ db }: LedgerSession): QueueStore {
  const state = db.select({ body: queueState.body }).from(queueState).prepare()
  const quotes = db.select().from(waitQuote).prepare()
  const newest = db
    .select()
    .from(call)
    .where(and(eq(call.ticket, sql.placeholder('ticket')), isNull(call.undoneAt)))
    .orderBy(desc(call.id))
    .limit(1)
    .prepare()

  return {
    state: () => state.get()?.body,
    saveState: (body) =>
      void db
        .insert(queueState)
        .values({ id: 1, body })
        .onConflictDoUpdate({ target: queueState.id, set: { body } })
        .run(),
    quotes: () => quotes.all(),
    saveQuote: (row) =>
      void db
        .insert(waitQuote)
        .values(row)
        .onConflictDoUpdate({ target: waitQuote.vehicleClass, set: row })
        .run(),
    addCall: (made) =>
      void db
        .insert(call)
        .values({ ...made, reason: JSON.stringify(made.reason) })
        .run(),
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
