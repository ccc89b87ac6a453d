import { nextUseState } from '../../domain/check-in/use-states.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { FillId, TicketId } from '@baari/shared/units/names'

type Tx = Pick<LedgerTx, 'checkIns' | 'outbox'>

/**
 * The first gram of a ticket's fill redeems its use, for ever. A walk-in has none, a repeated call
 * changes nothing; a part-filled use that goes on keeps its first fill as the redeeming one.
 */
export function redeemUse(
  tx: Tx,
  { ticket, fill }: { readonly ticket: TicketId; readonly fill: FillId },
): void {
  const use = tx.checkIns.ofTicket(ticket)
  if (!use || use.state === 'redeemed') return
  const { booking, useNo } = use
  tx.checkIns.save({ ...use, state: 'redeemed', fill })
  tx.outbox.append({
    kind: 'checkin.redeemed',
    entity: { type: 'booking', uuid: booking },
    body: { booking, useNo, fill },
  })
}

export type ReleaseReason = 'skip-close' | 'void' | 'undo' | 'leave'

/** Gives a claimed use back. `undo_after_gas` once it is redeemed; a repeated one is harmless. */
export function releaseUse(
  tx: Tx,
  { ticket, reason }: { readonly ticket: TicketId; readonly reason: ReleaseReason },
): Result<void, Refusal> {
  const use = tx.checkIns.ofTicket(ticket)
  if (!use || use.state === 'released') return ok(undefined)
  const next = nextUseState(use.state, 'release')
  if (!next.ok) return next
  const { booking, useNo } = use
  tx.checkIns.save({ ...use, state: next.value })
  tx.outbox.append({
    kind: 'checkin.released',
    entity: { type: 'booking', uuid: booking },
    body: { booking, useNo, reason, ticket },
  })
  return ok(undefined)
}

/**
 * Whether this ticket may take gas now: a booked one by a use of its own that is claimed, or
 * part-filled and continued; a walk-in always. Otherwise `token_in_use`.
 */
export function mayTakeGas(
  tx: Tx,
  ticket: { readonly id: TicketId; readonly useNo: number | null },
): Result<void, Refusal> {
  if (ticket.useNo === null) return ok(undefined)
  const use = tx.checkIns.ofTicket(ticket.id)
  return use && use.state !== 'released' ? ok(undefined) : err(refusal('token_in_use'))
}
