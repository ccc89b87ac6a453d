import { openLedgerCopy } from '../adapters/ledger/ledger-copy.ts'
import { booksHold, fillBooks } from '../app/fill/fill-books-check.ts'

/** Nozzles of a ledger file whose books do not hold, one sentence each; none means all do. */
export function checkBooks(file: string): readonly string[] {
  const { fills, close } = openLedgerCopy(file)
  try {
    return fillBooks({ fills })
      .filter((book) => !booksHold(book))
      .map(
        ({ key, differenceGrams, gaps }) =>
          `books of position ${key.position}, nozzle ${key.nozzle}: off by ${differenceGrams} g, ${gaps} gaps`,
      )
  } finally {
    close()
  }
}
