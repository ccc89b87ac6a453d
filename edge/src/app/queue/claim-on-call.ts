import { freeUse } from '../../domain/check-in/claim-use.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { factsOfProvisional, factsOfRow } from '../scan/booking-facts.ts'
import { claimUse } from '../check-in/claim-use.ts'
import { settingsOf } from '../station/settings-of.ts'

/**
 * A vehicle that came too early holds a number and no use. When its turn comes its use is claimed
 * for it: otherwise the token could be scanned again while the vehicle is being filled.
 */
export function claimOnCall(tx: LedgerTx, ticket: Ticket, context: CommandContext): void {
  const { booking, useNo } = ticket
  if (booking === null || useNo !== null || ticket.kind !== 'booked') return
  const facts = bookingOf(tx, booking, context)
  const use = facts && freeUse(facts)
  if (!use || 'verdict' in use) return
  const lane = settingsOf(tx).lanes[0]
  if (!lane) return
  tx.tickets.save({ ...ticket, useNo: use.useNo })
  claimUse(
    tx,
    { booking, ticket: ticket.id, lane: lane.no, verdict: 'ADMIT', rev: facts.rev, ...use },
    context,
  )
}

function bookingOf(tx: LedgerTx, id: NonNullable<Ticket['booking']>, { now }: CommandContext) {
  const row = tx.bookings.byId(id)
  if (row) return factsOfRow({ tx, now }, row)
  const provisional = tx.bookings.provisional(id)
  return provisional && factsOfProvisional({ tx, now }, provisional, settingsOf(tx).no)
}
