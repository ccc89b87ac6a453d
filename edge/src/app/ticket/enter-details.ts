import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { TicketView } from '@baari/shared/contracts/live/station-view'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId, TicketId } from '@baari/shared/units/names'
import type { DayNumber } from '@baari/shared/units/time'
import { retestOf } from '../vehicle/retest-of.ts'
import { ticketViewOf } from './ticket-view.ts'

export type EnterDetails = {
  readonly ticket: TicketId
  readonly plate: string
  readonly retestDay: DayNumber
  readonly by: AttendantId
}

/** First visit: plate and re-test date of a vehicle in the queue, before gas may flow. */
export function enterDetails(
  tx: LedgerTx,
  { ticket: id, ...typed }: EnterDetails,
  context: CommandContext,
): Result<TicketView, Refusal> {
  const ticket = tx.tickets.byId(id)
  if (!ticket || ticket.state === 'closed') return err(refusal('ticket_unknown'))
  if (ticket.state === 'filling') return err(refusal('ticket_not_waiting'))
  const details = retestOf(tx, typed, context)
  if (!details.ok) return details
  const known = { ...ticket, ...details.value }
  tx.tickets.save(known)
  return ok(ticketViewOf(known))
}
