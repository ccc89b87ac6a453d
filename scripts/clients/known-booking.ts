import Database from 'better-sqlite3'

export type KnownBooking = { readonly rev: number; readonly windowStartMs: number }

/** A booking as the node has followed it, read beside the node from its own file. */
export function knownBooking(ledgerPath: string, id: string): KnownBooking | undefined {
  const db = new Database(ledgerPath, { readonly: true, fileMustExist: true })
  try {
    return db
      .prepare<[string], KnownBooking>(
        'SELECT rev, window_start_ms AS windowStartMs FROM booking WHERE id = ?',
      )
      .get(id)
  } finally {
    db.close()
  }
}
