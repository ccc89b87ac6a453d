import Database from 'better-sqlite3'
import { forwardMigrations } from './telemetry-migrations.ts'
import type { Database as Db } from 'better-sqlite3'

/** Pages the write-ahead log may hold before it is copied back: about 16 MB of 4 KiB pages. */
const longestLogPages = 4000

/** Readings are written at one end and read once from the other; better-sqlite3 would keep 16 MB. */
const cacheKib = 1024

/**
 * Opens `telemetry.db` for its one writer. Commits that are acknowledged run with
 * synchronous=FULL, which syncs the write-ahead log before COMMIT returns; automatic checkpoints
 * are off so that no acknowledged group pays for copying pages back (ADR 0012).
 */
export function openTelemetryFile(path: string): Db {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  db.pragma('busy_timeout = 5000')
  // Freed pages are used again; the file keeps the size it was allowed to reach.
  db.pragma('journal_size_limit = 33554432')
  db.pragma(`cache_size = -${cacheKib}`)
  forwardMigrations(db)
  return db
}

/** Copies the log back when it has grown, between groups and without waiting for readers. */
export function checkpointWhenLong(db: Db): void {
  const [state] = db.pragma('wal_checkpoint(NOOP)') as { log?: number }[]
  const pages = state?.log ?? 0
  if (pages > longestLogPages) db.pragma('wal_checkpoint(PASSIVE)')
}

export function closeTelemetryFile(db: Db): void {
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}
