import { istDay } from '@baari/shared/units/ist-calendar'
import { ticketId } from '@baari/shared/units/names'
import type { Ticket } from '../../../ports/tickets.ts'
import { joinLine } from '../../queue/join-line.ts'
import { withoutTicket } from '../../queue/leave-line.ts'
import { loadQueue, saveQueue } from '../../queue/queue-state.ts'
import { closeTicket, type CloseTicket } from '../../ticket/close-ticket.ts'
import { termsOf } from './replay-fills.ts'
import type { Replay, ReplayScope } from './replay-scope.ts'

/**
 * A vehicle's place as it was given. What the op does not carry comes from the booking or is asked
 * again: a plate unknown to the station is the first visit's question. Its place in the queue comes
 * at the end of the replay, or the rule would call a vehicle that has left long ago.
 */
export const ticketOpened: Replay<'ticket.opened'> = ({ tx, at, uuid }, body) => {
  const id = ticketId(uuid)
  if (tx.tickets.byId(id) !== undefined) return
  const { kind, vehicleClass, nozzles, booking: bookingId, arrivedAtMs: arrivedAt } = body
  const booking = bookingId === null ? undefined : tx.bookings.byId(bookingId)
  const day = istDay(arrivedAt)
  const ticket: Ticket = {
    ...{ id, kind, day, vehicleClass, nozzles, arrivedAt },
    number: numberOf(tx, { day, number: body.number }),
    state: 'waiting',
    plate: plateOf(booking?.plate),
    retestDay: booking?.retest_day ?? null,
    booking: bookingId,
    useNo: null,
    windowStart: booking?.window_start_ms ?? null,
    grams: booking?.grams ?? null,
    ...{ position: null, calledAt: null, closedAt: null, closedReason: null },
  }
  const twice = bookingId !== null && tx.tickets.openOfBooking(bookingId).some(isUnclaimed)
  tx.tickets.add(twice ? replaced(ticket, at) : ticket)
}

const isUnclaimed = ({ useNo }: Ticket): boolean => useNo === null

/** The vehicle was let in again while this file had forgotten it: its newer ticket stands. */
function replaced(ticket: Ticket, at: Ticket['arrivedAt']): Ticket {
  return { ...ticket, state: 'closed', closedAt: at, closedReason: 'undo' }
}

/** Plates of a fleet token name several vehicles. */
function plateOf(plate: string | undefined): string | null {
  return plate === undefined || plate === '' || plate.includes(':') ? null : plate
}

/** A number that was given out a second time meanwhile stays with whoever waits by it now. */
function numberOf(
  tx: ReplayScope['tx'],
  { day, number }: Pick<Ticket, 'day' | 'number'>,
): number | null {
  return number !== null && number >= tx.tickets.nextNumber(day) ? number : null
}

export const ticketClosed: Replay<'ticket.closed'> = ({ tx, context, uuid }, { reason }) => {
  const id = ticketId(uuid)
  // Gas flows for it now: that is a newer fact than its end. A ticket that only says so, of a file
  // from the middle of its fill, has an end that was replayed before this.
  if (tx.tickets.byId(id)?.state === 'filling' && hasOpenFill(tx, id)) return
  closeTicket(tx, { ticket: id, reason: reason as CloseTicket['reason'] }, context)
  leaveQueue(tx, id)
}

function hasOpenFill({ fills }: ReplayScope['tx'], ticket: Ticket['id']): boolean {
  return fills.nozzles().some(({ setup }) => {
    const open = fills.open(setup)
    return open !== undefined && termsOf(open.state)?.ticket === ticket
  })
}

function leaveQueue(tx: ReplayScope['tx'], ticket: Ticket['id']): void {
  if (tx.station.settings() === undefined) return
  const before = loadQueue(tx)
  saveQueue(tx, before, withoutTicket(ticket)(before))
}

/** Vehicles that came while the file was lost and have not left are given their places. */
export function joinReplayed({ tx, context, plan }: Omit<ReplayScope, 'at' | 'uuid'>): void {
  if (tx.station.settings() === undefined) return
  const before = loadQueue(tx)
  const inQueue = new Set(before.vehicles.map(({ ticket }) => ticket))
  const missing = tx.tickets
    .open()
    .filter(({ id, arrivedAt }) => arrivedAt >= plan.sinceMs && !inQueue.has(id))
  const after = missing.reduce((state, ticket) => joinLine(tx, ticket, context)(state), before)
  saveQueue(tx, before, after)
}
