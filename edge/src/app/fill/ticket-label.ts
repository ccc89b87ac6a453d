import type { Ticket } from '../../ports/tickets.ts'

/** What people call a vehicle in the list of sales: its walk-in number, or the tail of its plate. */
export function ticketLabel({ number, plate }: Pick<Ticket, 'number' | 'plate'>): string {
  if (number !== null) return `W-${number}`
  return plate === null ? 'B' : `B ${plate.slice(-4)}`
}
