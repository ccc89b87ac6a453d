/**
 * Fewer pages for each scan. Answers and scans are long rows, and in a table kept in the order of a
 * text key each goes to a page of its own and half of it to another; in the order of writing they
 * share the last page, and the oldest are found without an index over time. The queue's vehicles
 * and the calls that can be undone lie in rows of their own: a vehicle that joins no longer writes
 * all of them out again.
 */
export const scanPages = `
DROP INDEX request_answer_by_age;
ALTER TABLE request_answer RENAME TO request_answer_before;
CREATE TABLE request_answer (
  no INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  answer TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO request_answer (scope, key, request_sha256, answer, at_ms)
  SELECT scope, key, request_sha256, answer, at_ms FROM request_answer_before ORDER BY at_ms;
DROP TABLE request_answer_before;
CREATE INDEX request_answer_key ON request_answer (key);

DROP INDEX scan_at;
ALTER TABLE scan RENAME TO scan_before;
CREATE TABLE scan (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL,
  view TEXT NOT NULL,
  booking TEXT,
  use_no INTEGER,
  ticket TEXT,
  undone_at_ms INTEGER
) STRICT;
INSERT INTO scan (id, at_ms, view, booking, use_no, ticket, undone_at_ms)
  SELECT id, at_ms, view, booking, use_no, ticket, undone_at_ms FROM scan_before ORDER BY at_ms, id;
DROP TABLE scan_before;

CREATE TABLE queue_vehicle (
  serial INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
INSERT INTO queue_vehicle (serial, body)
  SELECT json_extract(v.value, '$.serial'), v.value
  FROM queue_state, json_each(queue_state.body, '$.vehicles') AS v;
CREATE TABLE queue_recent (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;
INSERT INTO queue_recent (id, body) SELECT 1, json_extract(body, '$.recent') FROM queue_state;
UPDATE queue_state SET body = json_set(body, '$.vehicles', json('[]'), '$.recent', json('[]'));
`
