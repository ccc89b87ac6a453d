import type { Fills } from '../../ports/fills.ts'
import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { batchMemory } from './batch-memory.ts'
import { fillsOf } from './fills.ts'
import type { Sqlite } from './open-database.ts'

export type LedgerCopy = {
  readonly sqlite: Sqlite
  readonly fills: Fills
  close(): void
}

/**
 * A ledger file that is only looked at: a backup before it is put back, the file of a dead node, a
 * copy in a report. Nothing is migrated and nothing is written.
 */
export function openLedgerCopy(file: string): LedgerCopy {
  const sqlite = new Database(file, { readonly: true })
  const current = () => ({ at: instant(0), mono: mono(0), trusted: false })
  const memory = batchMemory()
  const session = { sqlite, db: drizzle(sqlite), station: stationNo(1), boot: '', current, memory }
  return { sqlite, fills: fillsOf(session), close: () => void sqlite.close() }
}
