import type { FillTotals } from '../../ports/fill-totals.ts'
import { noGrams } from '@baari/shared/units/mass'
import { noPaise } from '@baari/shared/units/money'

/** A ledger whose schema has no fill log yet: nothing was sold. */
export function noFillTotals(): FillTotals {
  return {
    books: () => [],
    totals: () => ({ fills: 0, grams: noGrams, amountPaise: noPaise, cashPaise: noPaise }),
    lastSales: () => [],
  }
}
