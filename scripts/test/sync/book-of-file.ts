import Database from 'better-sqlite3'

/** What a node's file says was done, without what only the device or the clock decide. */
export function bookOfFile(file: string) {
  const db = new Database(file, { readonly: true })
  try {
    const all = (sql: string): readonly unknown[] => db.prepare(sql).all()
    return {
      fills: all(
        `SELECT id, position, state, ticket, booking, use_no, price_paise_per_kg, limit_grams,
           opening_grams, latest_grams, delivered_grams, amount_paise, flag
         FROM fill WHERE delivered_grams > 0 ORDER BY id`,
      ),
      payments: all('SELECT fill, method, amount_paise, by FROM fill_payment ORDER BY fill'),
      uses: all('SELECT booking, use_no, state, lane, ticket, fill FROM check_in ORDER BY booking'),
      tickets: all(
        `SELECT id, kind, number, vehicle_class, booking, use_no, state = 'closed' AS closed
         FROM ticket ORDER BY id`,
      ),
      shifts: all(
        `SELECT id, attendant, opening_cash_paise, open_mark,
           json_extract(closed, '$.countedCashPaise') AS counted,
           json_extract(closed, '$.expectedCashPaise') AS expected,
           json_extract(closed, '$.totals.amountPaise') AS amount
         FROM shift ORDER BY id`,
      ),
      vehicles: all('SELECT plate, retest_day, recorded_by FROM vehicle ORDER BY plate'),
      books: all(
        `SELECT position, accounted_grams, settled_grams, orphan_grams, disputed_grams
         FROM nozzle ORDER BY position`,
      ),
    }
  } finally {
    db.close()
  }
}

/** The first op of an epoch as the file holds it. */
export function firstOp(file: string, epoch: string): Record<string, unknown> | undefined {
  const db = new Database(file, { readonly: true })
  try {
    const raw = db
      .prepare<[string], Buffer>(
        "SELECT raw FROM outbox WHERE epoch = ? AND stream = 'ledger' AND seq = 1",
      )
      .pluck()
      .get(epoch)
    return raw && (JSON.parse(raw.toString('utf8')) as Record<string, unknown>)
  } finally {
    db.close()
  }
}
