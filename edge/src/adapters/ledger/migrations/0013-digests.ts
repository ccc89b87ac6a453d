/**
 * Digests of each set and day in 256 buckets (sync.md section 7.2), the days that changed since
 * they were last proven equal, what each proof found, and the days the station has signed.
 */
export const digests = `
CREATE TABLE day_bucket (
  set_name TEXT NOT NULL CHECK (set_name IN ('bookings', 'fills', 'sales', 'payments')),
  day INTEGER NOT NULL,
  bucket INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 255),
  n INTEGER NOT NULL,
  sum BLOB NOT NULL CHECK (length(sum) = 32),
  PRIMARY KEY (set_name, day, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_unproven (
  set_name TEXT NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (set_name, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE digest_form (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  form INTEGER NOT NULL
) STRICT;

CREATE TABLE proof (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE day_close (
  day INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX outbox_witness ON outbox (entity_ref, kind)
  WHERE kind IN ('fill.settled', 'fill.voided', 'fill.disputed', 'payment.collected');
`
