/**
 * Where each shape's stream stands, and a staging table beside every followed table: a refetch
 * fills the staging table and is swapped in whole, so that no lookup ever meets an empty table.
 */
const followed = ['booking', 'key_set', 'denied_token', 'tariff', 'attendant'] as const

const columns = {
  booking: `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL, state TEXT NOT NULL,
    rev INTEGER NOT NULL, window_start_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
    vehicle_class TEXT NOT NULL, nozzle TEXT NOT NULL, grams INTEGER NOT NULL, plate TEXT NOT NULL,
    driver_name TEXT, retest_day INTEGER NOT NULL, payment_mode TEXT NOT NULL,
    paid_paise INTEGER NOT NULL, max_uses INTEGER NOT NULL, max_entries INTEGER, lanes TEXT,
    code TEXT, blocked_reason TEXT, under_review INTEGER NOT NULL, prompt TEXT, note TEXT`,
  key_set: `version INTEGER PRIMARY KEY, body TEXT NOT NULL, signature TEXT NOT NULL,
    kid INTEGER NOT NULL`,
  denied_token: `booking_id TEXT PRIMARY KEY, station_no INTEGER NOT NULL,
    min_rev INTEGER NOT NULL, reason TEXT NOT NULL`,
  tariff: `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL,
    price_paise_per_kg INTEGER NOT NULL, valid_from_ms INTEGER NOT NULL`,
  attendant: `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL, name TEXT NOT NULL,
    role TEXT NOT NULL, pin_hash TEXT NOT NULL, active INTEGER NOT NULL`,
  notice: `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL, epoch TEXT NOT NULL,
    stream TEXT NOT NULL, seq INTEGER NOT NULL, code TEXT NOT NULL, at_ms INTEGER NOT NULL`,
}

export const sync = `
CREATE TABLE shape_cursor (
  name TEXT PRIMARY KEY,
  handle TEXT NOT NULL,
  offset TEXT NOT NULL,
  schema_hash TEXT NOT NULL,
  last_up_to_date_ms INTEGER,
  staging INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cancel_ack (
  booking TEXT PRIMARY KEY,
  rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  payload TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE notice (${columns.notice}) STRICT, WITHOUT ROWID;
CREATE TABLE notice_staging (${columns.notice}) STRICT, WITHOUT ROWID;
${followed
  .map((name) => {
    const rowid = name === 'key_set' ? '' : ', WITHOUT ROWID'
    return `CREATE TABLE ${name}_staging (${columns[name]}) STRICT${rowid};`
  })
  .join('\n')}
`
