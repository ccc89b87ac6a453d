import type { Overtaker, QueueStore, QueueWatch } from '../../ports/queue-store.ts'
import { callReason } from '@baari/shared/contracts/live/station-view'
import { noLaneAdvice } from '@baari/shared/domain/dispatch/lane-mode'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { keptQueue } from './kept-queue.ts'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow, upsertRow } from './prepared-writes.ts'
import { call, queueWatch, waitQuote } from './schema/ticket.ts'

export function queueStoreOf(session: LedgerSession): QueueStore {
  const { db } = session
  const quotes = readRows(session, waitQuote, db.select().from(waitQuote))
  const standing = and(eq(call.ticket, sql.placeholder('ticket')), isNull(call.undoneAt))
  const newest = readRows(
    session,
    call,
    db.select().from(call).where(standing).orderBy(desc(call.id)).limit(1),
  )

  // Calls are in the order of time, so the first older one, met from the end, bounds the search.
  const overtakers = session.sqlite.prepare<{ arrived: number }, OvertakerRow>(`
    SELECT t.id, t.kind, t.number, t.plate, t.window_start_ms AS windowStart,
      t.arrived_at_ms AS arrivedAt, c.position, c.at_ms AS calledAt, c.reason
    FROM call c JOIN ticket t ON t.id = c.ticket
    WHERE c.id > coalesce(
        (SELECT id FROM call WHERE at_ms < $arrived ORDER BY id DESC LIMIT 1), 0)
      AND (t.arrived_at_ms > $arrived OR json_extract(c.reason, '$.step') = 'override')
      AND c.undone_at_ms IS NULL
      AND c.id = (SELECT max(id) FROM call WHERE ticket = t.id AND undone_at_ms IS NULL)
    ORDER BY c.id DESC LIMIT 200`)

  const watched = readRows(session, queueWatch, db.select().from(queueWatch))
  const saveWatch = upsertRow(session, queueWatch, { key: queueWatch.id })
  const addCall = insertRow(session, call, { generated: 'id' })

  return {
    ...keptQueue(session),
    watch: () => watchOf(watched.get()?.body),
    saveWatch: (watch) => saveWatch({ id: 1, body: JSON.stringify(watch) }),
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
      return row && { ...row, reason: reasonOf(row.reason) }
    },
    overtakersSince: (arrived) =>
      overtakers.all({ arrived }).map((row) => ({ ...row, reason: reasonOf(row.reason) })),
    markUndone(ticket, at) {
      const row = newest.get({ ticket })
      if (row) db.update(call).set({ undoneAt: at }).where(eq(call.id, row.id)).run()
    },
  }
}

function watchOf(json: string | undefined): QueueWatch {
  if (json === undefined) return { idle: [], lanes: noLaneAdvice }
  return JSON.parse(json) as QueueWatch
}

type OvertakerRow = Omit<Overtaker, 'reason'> & { readonly reason: string }

function reasonOf(json: string): Overtaker['reason'] {
  return callReason.parse(JSON.parse(json))
}
