import type { ReceiptPrints } from '../../ports/receipt-prints.ts'
import type { LedgerSession } from './ledger-session.ts'

/** One row for each sale whose receipt was printed. */
export function receiptPrintsOf({ sqlite }: LedgerSession): ReceiptPrints {
  const no = sqlite.prepare<[string], number>('SELECT no FROM fill WHERE id = ?').pluck()
  const printed = sqlite
    .prepare<[string], number>('SELECT printed FROM receipt_print WHERE fill_id = ?')
    .pluck()
  const save = sqlite.prepare(
    `INSERT INTO receipt_print (fill_id, printed) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET printed = excluded.printed`,
  )
  return {
    saleNo: (fill) => no.get(fill),
    printed: (fill) => printed.get(fill) ?? 0,
    save: (fill, count) => void save.run(fill, count),
  }
}
