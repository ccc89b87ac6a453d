/** Receipts on paper: the first is the original, every later one says that it is a copy. */
export const receiptPrints = `
CREATE TABLE receipt_print (
  fill_id TEXT PRIMARY KEY,
  printed INTEGER NOT NULL CHECK (printed >= 0)
) STRICT, WITHOUT ROWID;
`
