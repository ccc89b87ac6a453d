import { instant } from '@baari/shared/units/time'
import type { SupplyCuts } from '../../ports/supply-cuts.ts'
import type { LedgerSession } from './ledger-session.ts'

export function supplyCutsOf({ sqlite }: LedgerSession): SupplyCuts {
  type Row = { readonly from_ms: number; readonly until_ms: number }
  // The cloud has one open for each station; of two that cross on the way the longer one counts.
  const open = sqlite.prepare<[number], Row>(
    `SELECT from_ms, until_ms FROM supply_cut WHERE ended_at_ms IS NULL AND until_ms > ?
     ORDER BY until_ms DESC LIMIT 1`,
  )
  return {
    open(now) {
      const row = open.get(now)
      return row && { from: instant(row.from_ms), until: instant(row.until_ms) }
    },
  }
}
