/** Everything of the station but the fill log (0002) and the shape follower (0003). */
export const station = `
CREATE TABLE sync_meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  station_no INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  prev_epoch TEXT,
  prev_heads TEXT,
  generation INTEGER NOT NULL DEFAULT 0,
  fenced INTEGER NOT NULL DEFAULT 0,
  restored_from TEXT,
  clock_offset_ms INTEGER,
  last_server_time_ms INTEGER,
  wall_floor_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE outbox (
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  kind TEXT NOT NULL,
  entity_ref INTEGER NOT NULL,
  base_rev INTEGER,
  raw BLOB NOT NULL,
  hash BLOB NOT NULL,
  wall_ms INTEGER NOT NULL,
  mono_ms INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  PRIMARY KEY (epoch, stream, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_head (
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  next_seq INTEGER NOT NULL,
  acked_seq INTEGER NOT NULL,
  chain BLOB NOT NULL,
  PRIMARY KEY (epoch, stream),
  CHECK (acked_seq < next_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE op_result (
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  code TEXT NOT NULL,
  server_rev INTEGER,
  PRIMARY KEY (epoch, stream, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_ref (
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  ref INTEGER NOT NULL,
  type TEXT NOT NULL,
  uuid TEXT NOT NULL,
  PRIMARY KEY (epoch, stream, uuid),
  UNIQUE (epoch, stream, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE station_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL,
  delay_ms INTEGER NOT NULL DEFAULT 0,
  delay_day INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE booking (
  id TEXT PRIMARY KEY,
  station_no INTEGER NOT NULL,
  state TEXT NOT NULL,
  rev INTEGER NOT NULL,
  window_start_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  vehicle_class TEXT NOT NULL,
  nozzle TEXT NOT NULL,
  grams INTEGER NOT NULL,
  plate TEXT NOT NULL,
  driver_name TEXT,
  retest_day INTEGER NOT NULL,
  payment_mode TEXT NOT NULL,
  paid_paise INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  max_entries INTEGER,
  lanes TEXT,
  code TEXT,
  blocked_reason TEXT,
  under_review INTEGER NOT NULL,
  prompt TEXT,
  note TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_code ON booking (code) WHERE code IS NOT NULL;
CREATE INDEX booking_plate ON booking (plate);
CREATE INDEX booking_expires ON booking (expires_ms);
CREATE INDEX booking_window ON booking (window_start_ms);

CREATE TABLE provisional_booking (
  id TEXT PRIMARY KEY,
  code TEXT,
  window_start_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  vehicle_class TEXT NOT NULL,
  nozzle TEXT NOT NULL,
  grams INTEGER,
  prepaid_paise INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  plate TEXT,
  plate_tag TEXT,
  retest_day INTEGER,
  first_seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX provisional_code ON provisional_booking (code) WHERE code IS NOT NULL;

CREATE TABLE no_show (
  booking TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key_set (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  signature TEXT NOT NULL,
  kid INTEGER NOT NULL
) STRICT;

CREATE TABLE denied_token (
  booking_id TEXT PRIMARY KEY,
  station_no INTEGER NOT NULL,
  min_rev INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tariff (
  id TEXT PRIMARY KEY,
  station_no INTEGER NOT NULL,
  price_paise_per_kg INTEGER NOT NULL,
  valid_from_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tariff_from ON tariff (valid_from_ms);

CREATE TABLE attendant (
  id TEXT PRIMARY KEY,
  station_no INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  pin_hash TEXT NOT NULL,
  active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pin_tries (
  attendant TEXT PRIMARY KEY,
  wrong INTEGER NOT NULL,
  locked_until_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE attendant_session (
  session_sha256 TEXT PRIMARY KEY,
  attendant TEXT NOT NULL,
  signed_in_at_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE check_in (
  booking TEXT NOT NULL,
  use_no INTEGER NOT NULL CHECK (use_no > 0),
  state TEXT NOT NULL CHECK (state IN ('claimed', 'released', 'redeemed')),
  lane INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  ticket TEXT NOT NULL,
  fill TEXT,
  part_filled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (booking, use_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX check_in_ticket ON check_in (ticket);

CREATE TABLE gate_event (
  id INTEGER PRIMARY KEY,
  booking TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('entry', 'exit')),
  lane INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX gate_event_booking ON gate_event (booking);

CREATE TABLE scan (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  view TEXT NOT NULL,
  booking TEXT,
  use_no INTEGER,
  ticket TEXT,
  undone_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX scan_at ON scan (at_ms);

CREATE TABLE failed_scan (
  scan TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  source TEXT NOT NULL,
  verdict TEXT NOT NULL,
  raw BLOB,
  raw_sha256 TEXT NOT NULL,
  booking TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX failed_scan_raw ON failed_scan (at_ms) WHERE raw IS NOT NULL;

CREATE TABLE wrong_tag (
  id INTEGER PRIMARY KEY,
  lane INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  day INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_tag_day ON wrong_tag (day, lane, at_ms);

CREATE TABLE ticket (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('booked', 'walk-in')),
  number INTEGER,
  day INTEGER NOT NULL,
  state TEXT NOT NULL,
  vehicle_class TEXT NOT NULL,
  nozzles TEXT NOT NULL,
  plate TEXT,
  retest_day INTEGER,
  booking TEXT,
  use_no INTEGER,
  window_start_ms INTEGER,
  arrived_at_ms INTEGER NOT NULL,
  position INTEGER,
  called_at_ms INTEGER,
  grams INTEGER,
  closed_at_ms INTEGER,
  closed_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ticket_number ON ticket (day, number) WHERE number IS NOT NULL;
CREATE INDEX ticket_open ON ticket (arrived_at_ms) WHERE state <> 'closed';
CREATE UNIQUE INDEX ticket_open_use ON ticket (booking, ifnull(use_no, 0))
  WHERE state <> 'closed' AND booking IS NOT NULL;

CREATE TABLE queue_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;

CREATE TABLE wait_quote (
  vehicle_class TEXT PRIMARY KEY,
  median_ms INTEGER NOT NULL,
  p90_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
  id INTEGER PRIMARY KEY,
  ticket TEXT NOT NULL,
  position INTEGER NOT NULL,
  staged INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  explanation TEXT NOT NULL,
  undone_at_ms INTEGER
) STRICT;
CREATE INDEX call_ticket ON call (ticket, id);

CREATE TABLE vehicle (
  plate TEXT PRIMARY KEY,
  retest_day INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  corrected INTEGER NOT NULL,
  photo_sha256 TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE vehicle_fill (
  fill TEXT PRIMARY KEY,
  plate TEXT NOT NULL,
  settled_at_ms INTEGER NOT NULL,
  grams INTEGER NOT NULL,
  expected_grams INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX vehicle_fill_plate ON vehicle_fill (plate, settled_at_ms);

CREATE TABLE medium (
  text TEXT PRIMARY KEY,
  plate TEXT NOT NULL,
  active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shift (
  id TEXT PRIMARY KEY,
  attendant TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  opening_cash_paise INTEGER NOT NULL,
  books_at_open TEXT NOT NULL,
  closed_at_ms INTEGER,
  closed TEXT,
  open_mark INTEGER CHECK (open_mark = 1)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shift_one_open ON shift (open_mark);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  what TEXT NOT NULL,
  about TEXT NOT NULL,
  facts TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at_ms);
`
