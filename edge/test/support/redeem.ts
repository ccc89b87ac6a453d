import { fillId, positionNo, type TicketId } from '@baari/shared/units/names'
import { grams } from '@baari/shared/units/mass'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { redeemUse } from '../../src/app/check-in/redeem-use.ts'
import { ticketFilled, ticketFilling, type FillEnd } from '../../src/app/queue/fill-of-ticket.ts'
import type { World } from './station-world.ts'

const ids = countingIds(7)

export type TestFill = Partial<Pick<FillEnd, 'outcome' | 'grams'>>

/** A fill from the first gram to its end, told to the queue as the fill's commands tell it. */
export function redeem(
  world: World,
  ticket: TicketId,
  { outcome = 'filled', grams: gas = grams(4000) }: TestFill = {},
): Promise<void> {
  const fill = fillId(ids.uuid())
  return world.act((tx, context) => {
    redeemUse(tx, { ticket, fill })
    const position = tx.tickets.byId(ticket)?.position ?? positionNo(1)
    ticketFilling(tx, { ticket, position }, context)
    ticketFilled(tx, { ticket, fill, outcome, grams: gas }, context)
  })
}
