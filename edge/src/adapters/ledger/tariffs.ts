import type { Tariffs } from '../../ports/tariffs.ts'
import { paisePerKg } from '@baari/shared/units/money'
import { desc, lte, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { tariff } from './schema/station.ts'

export function tariffsOf({ db }: LedgerSession): Tariffs {
  const newest = db
    .select({ price: tariff.pricePaisePerKg })
    .from(tariff)
    .where(lte(tariff.validFromMs, sql.placeholder('at')))
    .orderBy(desc(tariff.validFromMs), desc(tariff.id))
    .limit(1)
    .prepare()

  return {
    priceAt(at) {
      const row = newest.get({ at })
      return row && paisePerKg(row.price)
    },
  }
}
