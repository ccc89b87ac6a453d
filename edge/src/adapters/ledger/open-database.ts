import Database from 'better-sqlite3'

export type Sqlite = Database.Database

/**
 * A path, `:memory:`, or the bytes of a whole ledger file, which go on living in memory: what a
 * simulated disk holds.
 */
export type LedgerPlace = string | Buffer

/** 4 KiB is the block of the disks we meet; 1,000 pages keep the WAL at about 4 MiB. */
const pageBytes = 4096
const checkpointPages = 1000
const busyTimeoutMs = 5000
/**
 * Pages kept in memory: SQLite's own measure, of which better-sqlite3 makes 16 MB. What a station
 * asks for at its busiest is a fraction of it, and the system's own cache stands behind (ADR 25).
 */
const cacheKib = 2000
const walLimitBytes = 64 * 1024 * 1024

/**
 * Opens `ledger.db` as its only writer: WAL, and FULL, so that a commit is on the disk when it
 * returns (SQLite: with NORMAL a power cut may take back the last commits of a WAL database).
 */
export function openDatabase(file: LedgerPlace): Sqlite {
  const db = new Database(file, { timeout: busyTimeoutMs })
  db.pragma(`page_size = ${pageBytes}`)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  db.pragma(`journal_size_limit = ${walLimitBytes}`)
  db.pragma('trusted_schema = OFF')
  db.pragma('temp_store = MEMORY')
  db.pragma(`cache_size = -${cacheKib}`)
  return db
}
