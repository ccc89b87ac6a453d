import Database from 'better-sqlite3'

const tables = { bookings: 'booking', keySets: 'key_set', attendants: 'attendant' } as const

/**
 * Rows the node has followed so far, read beside it from its own file: no door of the node counts
 * them, and the line may break only when all have come.
 */
export function knownRows(ledgerPath: string): Record<keyof typeof tables, number> {
  const db = new Database(ledgerPath, { readonly: true, fileMustExist: true })
  try {
    const count = (table: string): number =>
      db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0
    return {
      bookings: count(tables.bookings),
      keySets: count(tables.keySets),
      attendants: count(tables.attendants),
    }
  } finally {
    db.close()
  }
}
