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
  const quotes = readRows(session, waitQuote, db.select().from(waitQuote))
  const standing = and(eq(call.ticket, sql.placeholder('ticket')), isNull(call.undoneAt))
  const newest = readRows(
    session,
    call,
    db.select().from(call).where(standing).orderBy(desc(call.id)).limit(1),
  )

  const keep = keptState(session)
  const addCall = insertRow(session, call, { generated: 'id' })

  return {
    ...keep,
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

/**
 * The state lies in memory as the last command left it: every scan changes it, and written out it
 * is as long as the queue. It goes into the file once for each commit.
 */
function keptState(session: LedgerSession): Pick<QueueStore, 'state' | 'saveState'> {
  const row = readRows(session, queueState, session.db.select().from(queueState))
  const save = upsertRow(session, queueState, { key: queueState.id })
  let known: { readonly state: DispatchState | undefined } | undefined
  let written = true

  session.memory.join({
    write() {
      if (!written && known) save({ id: 1, body: JSON.stringify(known.state) })
      written = true
    },
    forget() {
      known = undefined
      written = true
    },
  })

  function read(): DispatchState | undefined {
    const body = row.get()?.body
    return body === undefined ? undefined : (JSON.parse(body) as DispatchState)
  }

  return {
    state: () => (known ??= { state: read() }).state,
    saveState(state) {
      known = { state }
      written = false
    },
  }
}
