/**
 * The streams beside the ledger: alarms that are open, the latest value of each state, and an
 * index over the raw texts of failed scans that an op carries and that are erased after 30 days.
 */
export const streams = `
CREATE TABLE open_alarm (
  source TEXT NOT NULL,
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  told_ms INTEGER NOT NULL,
  untold INTEGER NOT NULL,
  PRIMARY KEY (source, code, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE latest_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  mono_ms INTEGER NOT NULL,
  pending INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX latest_state_pending ON latest_state (at_ms) WHERE pending = 1;

CREATE INDEX outbox_scan_text ON outbox (wall_ms) WHERE kind = 'scan.failed' AND length(raw) > 0;
`
