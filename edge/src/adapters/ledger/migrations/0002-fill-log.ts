/** The fill log and the books of each nozzle (hardware.md section 7). */
export const fillLog = `
CREATE TABLE nozzle (
  position INTEGER NOT NULL,
  nozzle INTEGER NOT NULL,
  type TEXT NOT NULL,
  width_grams INTEGER NOT NULL,
  max_flow_grams_per_s INTEGER NOT NULL,
  count_grams INTEGER NOT NULL,
  tolerance_grams INTEGER NOT NULL,
  installed_grams INTEGER NOT NULL,
  accounted_grams INTEGER NOT NULL,
  settled_grams INTEGER NOT NULL,
  orphan_grams INTEGER NOT NULL,
  disputed_grams INTEGER NOT NULL,
  reset_grams INTEGER NOT NULL CHECK (reset_grams <= 0),
  rolled_grams INTEGER NOT NULL,
  last_grams INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  last_boot TEXT NOT NULL,
  last_mono_ms REAL NOT NULL,
  resting TEXT NOT NULL,
  frozen INTEGER NOT NULL,
  PRIMARY KEY (position, nozzle)
) STRICT, WITHOUT ROWID;

CREATE TABLE fill (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  position INTEGER NOT NULL,
  nozzle INTEGER NOT NULL,
  open_mark INTEGER CHECK (open_mark = 1),
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  ticket TEXT,
  booking TEXT,
  use_no INTEGER,
  label TEXT NOT NULL,
  limit_grams INTEGER NOT NULL,
  price_paise_per_kg INTEGER NOT NULL,
  opening_grams INTEGER NOT NULL,
  latest_grams INTEGER NOT NULL,
  delivered_grams INTEGER NOT NULL CHECK (delivered_grams >= 0),
  amount_paise INTEGER NOT NULL,
  flag TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  CHECK ((open_mark IS NULL) = (ended_at_ms IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX fill_one_open ON fill (position, nozzle) WHERE open_mark = 1;
CREATE UNIQUE INDEX fill_one_per_use ON fill (booking, use_no)
  WHERE open_mark = 1 AND booking IS NOT NULL;
CREATE INDEX fill_ended ON fill (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

CREATE TABLE fill_log (
  id INTEGER PRIMARY KEY,
  fill TEXT,
  position INTEGER NOT NULL,
  nozzle INTEGER NOT NULL,
  kind TEXT NOT NULL,
  books INTEGER NOT NULL,
  command TEXT,
  body TEXT NOT NULL,
  raw TEXT,
  at_ms INTEGER NOT NULL,
  mono_ms REAL NOT NULL,
  boot TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX fill_log_one_intent ON fill_log (fill) WHERE kind = 'intent';
CREATE UNIQUE INDEX fill_log_one_settle ON fill_log (fill) WHERE kind = 'settle';
CREATE UNIQUE INDEX fill_log_command ON fill_log (command) WHERE kind = 'intent';
CREATE INDEX fill_log_books ON fill_log (position, nozzle, id) WHERE books = 1;
CREATE TRIGGER fill_log_only_grows BEFORE UPDATE ON fill_log
  BEGIN SELECT RAISE(ABORT, 'the fill log is never edited'); END;

CREATE TABLE fill_payment (
  id INTEGER PRIMARY KEY,
  fill TEXT NOT NULL UNIQUE REFERENCES fill (id),
  method TEXT NOT NULL,
  amount_paise INTEGER NOT NULL,
  by TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX fill_payment_at ON fill_payment (at_ms);
`
