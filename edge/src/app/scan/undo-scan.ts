import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId, PositionNo, TicketId } from '@baari/shared/units/names'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CallMade } from '../queue/call-made.ts'
import { withoutTicket } from '../queue/leave-line.ts'
import { runQueue } from '../queue/run-queue.ts'
import { closeTicket } from '../ticket/close-ticket.ts'
import { undoWithin } from './answer-scan.ts'

export type UndoScan = {
  readonly scan: string
  readonly by: AttendantId
  readonly positions: readonly PositionFacts[]
}

export type ScanUndone = {
  readonly ticket: TicketId | null
  /** The vehicle was called here: an authorise there must be cancelled. */
  readonly position: PositionNo | null
  readonly calls: readonly CallMade[]
}

/**
 * Takes a wrong scan back within 60 s and before the first gram: the use is released, the ticket
 * closed, the vehicle out of the queue. Asked again, it answers the same and changes nothing.
 */
export function undoScan(
  tx: LedgerTx,
  { scan: id, by, positions }: UndoScan,
  context: CommandContext,
): Result<ScanUndone, Refusal> {
  const { now } = context
  const scan = tx.scans.byId(id)
  if (!scan?.ticket) return err(refusal('ticket_unknown'))
  if (scan.undoneAt !== null) return ok({ ticket: scan.ticket, position: null, calls: [] })
  if (now.at - scan.at > undoWithin) return err(refusal('undo_too_late'))
  const ticket = tx.tickets.byId(scan.ticket)
  const use = tx.checkIns.ofTicket(scan.ticket)
  if (use?.state === 'redeemed' || ticket?.state === 'filling')
    return err(refusal('undo_after_gas'))
  const position = ticket?.position ?? null
  closeTicket(tx, { ticket: scan.ticket, reason: 'undo' }, context)
  const calls = runQueue(tx, positions, { context, change: withoutTicket(scan.ticket) })
  tx.scans.save({ ...scan, undoneAt: now.at })
  tx.station.audit({
    at: now.at,
    by,
    what: 'scan.undone',
    about: id,
    facts: { ticket: scan.ticket },
  })
  return ok({ ticket: scan.ticket, position, calls })
}
