import { join } from 'node:path'
import Database from 'better-sqlite3'

/**
 * Bookings and key sets the node has followed so far, read beside it from its own file: no door of
 * the node counts them, and the line may break only when all have come.
 */
export function knownRows(dataFolder: string): {
  readonly bookings: number
  readonly keySets: number
} {
  const db = new Database(join(dataFolder, 'edge', 'ledger.db'), {
    readonly: true,
    fileMustExist: true,
  })
  try {
    const count = (table: 'booking' | 'key_set'): number =>
      db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0
    return { bookings: count('booking'), keySets: count('key_set') }
  } finally {
    db.close()
  }
}
