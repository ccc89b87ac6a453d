/**
 * What a file that was put back fetches of its own later ops: kept apart until the whole of it is
 * known to be ours, then taken over piece by piece; what is left after a power cut goes on at the
 * next start.
 */
export const rollback = `
CREATE TABLE pulled_op (
  no INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  raw BLOB NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (epoch, stream, seq)
) STRICT;
CREATE INDEX pulled_op_kind ON pulled_op (kind);

CREATE TABLE rollback (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;
`
