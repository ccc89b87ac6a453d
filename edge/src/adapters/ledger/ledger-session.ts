import type { StationNow } from '../../ports/ledger.ts'
import type { StationNo } from '@baari/shared/units/names'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { BatchMemory } from './batch-memory.ts'
import type { Sqlite } from './open-database.ts'

/** What every repository of one open ledger file shares. */
export type LedgerSession = {
  readonly sqlite: Sqlite
  readonly db: BetterSQLite3Database
  readonly station: StationNo
  /** Random id of this process start; a `boot` op announces it. */
  readonly boot: string
  /** Time of the command being run: the moment it was asked, not the moment it is stored. */
  readonly current: () => StationNow
  readonly memory: BatchMemory
}
