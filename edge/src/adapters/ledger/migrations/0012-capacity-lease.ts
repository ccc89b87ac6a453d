/**
 * The station's capacity: its lease terms, the cells it owns, what it sold at the kiosk, and what
 * the cloud asks for. Bookings carry the fence they were sold under.
 */
const bookingColumns = `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL, state TEXT NOT NULL,
  rev INTEGER NOT NULL, window_start_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  vehicle_class TEXT NOT NULL, nozzle TEXT NOT NULL, grams INTEGER NOT NULL, plate TEXT NOT NULL,
  driver_name TEXT, retest_day INTEGER NOT NULL, payment_mode TEXT NOT NULL,
  paid_paise INTEGER NOT NULL, max_uses INTEGER NOT NULL, max_entries INTEGER, lanes TEXT,
  code TEXT, blocked_reason TEXT, under_review INTEGER NOT NULL, prompt TEXT, note TEXT,
  fence INTEGER, created_at_ms INTEGER NOT NULL`

const ask = `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL, window_start_ms INTEGER NOT NULL,
  milli_minutes INTEGER NOT NULL, grams INTEGER NOT NULL, asked_at_ms INTEGER NOT NULL`

/** Work and gas of one account of a cell. */
const both = (name: string) =>
  `${name}_milli_minutes INTEGER NOT NULL CHECK (${name}_milli_minutes >= 0),
  ${name}_grams INTEGER NOT NULL CHECK (${name}_grams >= 0)`

export const capacityLease = `
ALTER TABLE booking ADD COLUMN fence INTEGER;
ALTER TABLE booking ADD COLUMN created_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE booking_staging ADD COLUMN fence INTEGER;
ALTER TABLE booking_staging ADD COLUMN created_at_ms INTEGER NOT NULL DEFAULT 0;

CREATE TABLE lease_term (
  id TEXT PRIMARY KEY,
  fence INTEGER NOT NULL UNIQUE,
  -- The ledger's epoch when it was opened: a restored ledger opens another.
  epoch TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  cloud_share INTEGER NOT NULL,
  valid_until_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('opening', 'held', 'asking')),
  next TEXT NOT NULL CHECK (next IN ('grant', 'close', 'return')),
  request_no INTEGER NOT NULL,
  -- The request that waits for its answer, word for word as it is sent.
  request_kind TEXT CHECK (request_kind IN ('grant', 'borrow', 'return')),
  request TEXT,
  acknowledged_at_ms INTEGER,
  CHECK ((state = 'held') = (request IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE lease_cell (
  start_ms INTEGER PRIMARY KEY CHECK (start_ms % 300000 = 0),
  ${['bookable', 'cloud', 'granted', 'sold', 'over', 'borrowed', 'asked'].map(both).join(',\n  ')},
  regrant INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  CONSTRAINT minutes_not_oversold
    CHECK (sold_milli_minutes <= granted_milli_minutes + over_milli_minutes),
  CONSTRAINT gas_not_oversold CHECK (sold_grams <= granted_grams + over_grams)
) STRICT;

CREATE TABLE own_booking (${bookingColumns},
  code_day INTEGER NOT NULL, code_slot INTEGER NOT NULL, code_n INTEGER NOT NULL,
  UNIQUE (code_day, code_slot, code_n)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease_ask (${ask}) STRICT, WITHOUT ROWID;
CREATE TABLE lease_ask_staging (${ask}) STRICT, WITHOUT ROWID;

-- Bookings sold under a term that had ended: the station does not reckon with them.
CREATE TABLE lease_conflict (
  booking TEXT PRIMARY KEY,
  fence INTEGER NOT NULL,
  current_fence INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
