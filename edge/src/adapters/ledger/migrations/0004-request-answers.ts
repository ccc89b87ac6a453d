/** Answers of changes by their Idempotency-Key (RFC draft httpapi-idempotency-key-header). */
export const requestAnswers = `
CREATE TABLE request_answer (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  answer TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX request_answer_by_age ON request_answer (at_ms);
`
