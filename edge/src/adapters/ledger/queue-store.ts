import type { QueueStore } from '../../ports/queue-store.ts'
import { callReason } from '@baari/shared/contracts/live/station-view'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow, upsertRow } from './prepared-writes.ts'
import { call, queueState, waitQuote } from './schema/ticket.ts'

export function queueStoreOf(session: LedgerSession): QueueStore {
  const { db } = session
  const state = readRows(session, queueState, db.select().from(queueState))
  const quotes = readRows(session, waitQuote, db.select().from(waitQuote))
  const standing = and(eq(call.ticket, sql.placeholder('ticket')), isNull(call.undoneAt))
  const newest = readRows(
    session,
    call,
    db.select().from(call).where(standing).orderBy(desc(call.id)).limit(1),
  )

  const saveState = upsertRow(session, queueState, { key: queueState.id })
  let parsed: { readonly body: string; readonly state: DispatchState } | undefined
  const addCall = insertRow(session, call, { generated: 'id' })

  return {
    state() {
      const body = state.get()?.body
      if (body === undefined) return undefined
      // Keyed by the text, so that a rolled-back change cannot leave a wrong parse behind.
      if (parsed?.body !== body) parsed = { body, state: JSON.parse(body) as DispatchState }
      return parsed.state
    },
    saveState(next) {
      parsed = { body: JSON.stringify(next), state: next }
      saveState({ id: 1, body: parsed.body })
    },
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
