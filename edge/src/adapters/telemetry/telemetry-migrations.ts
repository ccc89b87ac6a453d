import type { Database } from 'better-sqlite3'

/**
 * Forward-only steps of `telemetry.db`; the number applied stands in `user_version`. A released
 * step is never edited, a further one is added below.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    class TEXT NOT NULL,
    device TEXT NOT NULL,
    type TEXT NOT NULL,
    boot TEXT,
    seq INTEGER,
    deviceAtMs INTEGER,
    receivedAtMs INTEGER NOT NULL,
    payload TEXT NOT NULL
  ) STRICT;
  -- A redelivered message finds its first copy here; messages without a counter are never repeats.
  CREATE UNIQUE INDEX reading_once ON reading (device, boot, seq, type) WHERE seq IS NOT NULL;

  -- The highest counter seen of each boot of a device: what comes far above it left a gap.
  CREATE TABLE device_boot (
    device TEXT NOT NULL,
    boot TEXT NOT NULL,
    highestSeq INTEGER NOT NULL,
    PRIMARY KEY (device, boot)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sequence_gap (
    id INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    boot TEXT NOT NULL,
    fromSeq INTEGER NOT NULL,
    toSeq INTEGER NOT NULL,
    -- Values that came later after all, out of order.
    cameLater INTEGER NOT NULL DEFAULT 0,
    foundAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sequence_gap_by_boot ON sequence_gap (device, boot, toSeq);

  CREATE TABLE unreadable (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    device TEXT,
    reason TEXT NOT NULL,
    receivedAtMs INTEGER NOT NULL,
    payload BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Where the telemetry stream stands. \`file\` names this file in the cloud, over every epoch.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    file TEXT NOT NULL,
    epoch TEXT NOT NULL DEFAULT '',
    next_seq INTEGER NOT NULL DEFAULT 1,
    acked_seq INTEGER NOT NULL DEFAULT 0,
    cut_id INTEGER NOT NULL DEFAULT 0,
    acked_id INTEGER NOT NULL DEFAULT 0,
    chain TEXT NOT NULL DEFAULT ''
  ) STRICT;

  -- Readings as they were numbered, chained and serialised; \`lines\` is deflated.
  CREATE TABLE segment (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    prev_chain TEXT NOT NULL,
    chain TEXT NOT NULL,
    lines BLOB NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX segment_end ON segment (last_seq);
  `,
]

export function forwardMigrations(db: Database): void {
  const [row] = db.pragma('user_version') as { user_version: number }[]
  const done = row?.user_version ?? 0
  steps.slice(done).forEach((sql, index) => {
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${done + index + 1}`)
    })()
  })
}
