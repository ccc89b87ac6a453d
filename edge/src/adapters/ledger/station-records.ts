import type { StationRecords } from '../../ports/station-records.ts'
import type { StationSettings } from '../../ports/station-settings.ts'
import { present } from '@baari/shared/faults/assert'
import { sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow } from './prepared-writes.ts'
import { auditRow, stationSettings } from './schema/station.ts'

export function stationRecordsOf(session: LedgerSession): StationRecords {
  const { db, sqlite } = session
  const row = keptRow(session)
  const addAudit = insertRow(session, auditRow, { generated: 'id' })
  const changes = sqlite.prepare<[], { readonly n: number }>('SELECT total_changes() AS n')
  let parsed: { readonly body: string; readonly settings: StationSettings } | undefined

  return {
    settings() {
      const body = row.get()?.body
      if (body === undefined) return undefined
      // Keyed by the text, so that a rolled-back change cannot leave a wrong parse behind.
      if (parsed?.body !== body) parsed = { body, settings: JSON.parse(body) as StationSettings }
      return parsed.settings
    },
    saveSettings(settings) {
      const body = JSON.stringify(settings)
      db.insert(stationSettings)
        .values({ id: 1, body })
        .onConflictDoUpdate({ target: stationSettings.id, set: { body } })
        .run()
      row.forget()
    },
    delay() {
      const known = row.get()
      return known && { delayMs: known.delayMs, day: known.delayDay }
    },
    saveDelay({ delayMs, day }) {
      db.update(stationSettings)
        .set({ delayMs, delayDay: day })
        .where(sql`id = 1`)
        .run()
      row.forget()
    },
    audit: ({ at, by, what, about, facts }) =>
      addAudit({ atMs: at, by, what, about, facts: JSON.stringify(facts) }),
    revision: () => present(changes.get(), 'total_changes()').n,
  }
}

/** The one row of the settings, in memory as it stands: a scan asks for it seven times. */
function keptRow(session: LedgerSession) {
  const row = readRows(session, stationSettings, session.db.select().from(stationSettings))
  let known: { readonly row: ReturnType<typeof row.get> } | undefined
  const forget = (): void => void (known = undefined)
  session.memory.join({ write: () => undefined, forget })
  return { get: () => (known ??= { row: row.get() }).row, forget }
}
