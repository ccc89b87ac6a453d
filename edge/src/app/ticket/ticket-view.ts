import type { Ticket } from '../../ports/tickets.ts'
import type { TicketView } from '@baari/shared/contracts/live/station-view'

const tailLength = 4

/** A ticket as the attendant sees it. */
export function ticketViewOf(ticket: Ticket): TicketView {
  const { id, kind, plate, vehicleClass, state, windowStart, arrivedAt, position } = ticket
  return {
    id,
    kind,
    label: labelOf(ticket),
    plate,
    vehicleClass,
    state,
    windowStartMs: windowStart,
    arrivedAtMs: arrivedAt,
    position,
    needsDetails: plate === null || ticket.retestDay === null,
  }
}

/** `W-57` for whoever holds a number, else `B 1234` with the last four of the plate. */
export function labelOf({ number, plate, id }: Pick<Ticket, 'number' | 'plate' | 'id'>): string {
  if (number !== null) return `W-${number}`
  return `B ${(plate ?? id).slice(-tailLength).toUpperCase()}`
}

/** What of a plate may be told to others: its last four; null while nobody has typed one. */
export function plateEndOf({ plate }: Pick<Ticket, 'plate'>): string | null {
  return plate?.slice(-tailLength).toUpperCase() ?? null
}
