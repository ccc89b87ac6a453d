import { compiledOnUse } from '@baari/edge/adapters/ledger/compiled-on-use'
import type { Sqlite } from '@baari/edge/adapters/ledger/open-database'
import type { TicketId } from '@baari/shared/units/names'

type SaleSeen = {
  readonly id: string
  readonly amount_paise: number
  readonly state: string
}

export type LedgerLooks = {
  /** Numbers on the board. */
  shownTickets(): readonly string[]
  /** What was sold under a number and has come to its end. */
  salesOf(ticket: TicketId): readonly SaleSeen[]
}

/** What the people of a station see of its ledger; they look often. */
export function ledgerLooks(sqlite: Sqlite): LedgerLooks {
  const db = compiledOnUse(sqlite)
  const shown = db.prepare<[], string>("SELECT id FROM ticket WHERE state <> 'closed'").pluck()
  const sales = db.prepare<[string], SaleSeen>(
    'SELECT id, amount_paise, state FROM fill WHERE ticket = ? AND ended_at_ms IS NOT NULL',
  )
  return { shownTickets: () => shown.all(), salesOf: (ticket) => sales.all(ticket) }
}
