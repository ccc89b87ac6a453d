/**
 * What is remembered from one look at the queue to the next: positions that stand idle while
 * somebody waits, and the advice of the lane signs. Not a fact of any ledger: nothing is lost with it.
 */
export const queueWatch = `
CREATE TABLE queue_watch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;
`
