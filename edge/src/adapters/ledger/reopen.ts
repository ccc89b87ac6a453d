import type { Instant } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { takeNodeLock } from './node-lock.ts'

export type Reopened = { readonly station: number; readonly wasFenced: boolean }

/**
 * Lets a fenced node speak for its station again, while it is stopped: at its next start it is a
 * new instance, which fences the other one. Throws when a node runs on the folder or there is none.
 */
export function reopenLink(dataFolder: string, at: Instant): Reopened {
  const file = join(dataFolder, 'ledger.db')
  if (!existsSync(file)) throw new NothingToReopen(`there is no ledger in ${dataFolder}`)
  const lock = takeNodeLock(dataFolder)
  try {
    const db = new Database(file, { fileMustExist: true })
    try {
      return db.transaction(() => clearMark(db, at)).immediate()
    } finally {
      db.close()
    }
  } finally {
    lock.release()
  }
}

function clearMark(db: Database.Database, at: Instant): Reopened {
  const meta = db
    .prepare<[], { readonly station: number; readonly fenced: number }>(
      'SELECT station_no AS station, fenced FROM sync_meta WHERE id = 1',
    )
    .get()
  if (meta === undefined) throw new NothingToReopen('the ledger is of no station yet')
  const wasFenced = meta.fenced === 1
  if (wasFenced) {
    db.prepare('UPDATE sync_meta SET fenced = 0 WHERE id = 1').run()
    db.prepare(
      "INSERT INTO audit (at_ms, by, what, about, facts) VALUES (?, 'command line', 'sync.reopened', 'fenced', '{}')",
    ).run(at)
  }
  return { station: meta.station, wasFenced }
}

/** The folder holds no station whose link could be opened. */
export class NothingToReopen extends Error {
  override readonly name = 'NothingToReopen'
}
