/**
 * What proofs found and put right that no kept proof has told yet: rows that were mended, and days
 * whose own digest was made anew, which have no key and no body.
 */
export const proofUntold = `
CREATE TABLE proof_untold (
  set_name TEXT NOT NULL,
  day INTEGER NOT NULL,
  key TEXT NOT NULL,
  body TEXT,
  PRIMARY KEY (set_name, day, key),
  CHECK ((key = '') = (body IS NULL))
) STRICT, WITHOUT ROWID;
`
