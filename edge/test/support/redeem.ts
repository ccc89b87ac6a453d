import { fillId, positionNo, type TicketId } from '@baari/shared/units/names'
import { grams } from '@baari/shared/units/mass'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { mono } from '@baari/shared/units/time'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { stationNo } from '@baari/shared/units/names'
import { ledgerTxOf } from '../../src/adapters/ledger/ledger-tx.ts'
import { redeemUse } from '../../src/app/check-in/redeem-use.ts'
import { ticketFilled, ticketFilling, type FillEnd } from '../../src/app/queue/fill-of-ticket.ts'
import type { CommandContext } from '../../src/ports/ledger.ts'
import type { LedgerTx } from '../../src/ports/ledger-tx.ts'
import type { World } from './station-world.ts'

const ids = countingIds(7)

/** Runs what a fill's command does in its own transaction, over the world's open file. */
export function asFill<T>(world: World, act: (tx: LedgerTx, context: CommandContext) => T): T {
  const now = { at: world.now(), mono: mono(0), trusted: true }
  const session = {
    sqlite: world.db,
    db: drizzle(world.db),
    station: stationNo(42),
    boot: 'fill',
    current: () => now,
  }
  return world.db.transaction(() => act(ledgerTxOf(session), { now, ids }))()
}

export type TestFill = Partial<Pick<FillEnd, 'outcome' | 'grams'>>

/** A fill from the first gram to its end, told to the queue as the fill's commands tell it. */
export function redeem(
  world: World,
  ticket: TicketId,
  { outcome = 'filled', grams: gas = grams(4000) }: TestFill = {},
): void {
  const fill = fillId(ids.uuid())
  asFill(world, (tx, context) => {
    redeemUse(tx, { ticket, fill })
    const position = tx.tickets.byId(ticket)?.position ?? positionNo(1)
    ticketFilling(tx, { ticket, position }, context)
    ticketFilled(tx, { ticket, fill, outcome, grams: gas }, context)
  })
}
