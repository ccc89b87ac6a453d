import type { PositionView, ScanView, TicketView } from '@baari/shared/contracts/live/station-view'
import type { Instant } from '@baari/shared/units/time'

/** A call is on the positions' part of the screen sooner than this, also on a slow one. */
const settledMs = 5_000

type Ticket = Pick<TicketView, 'id'> | null
type Scan = Pick<ScanView, 'position' | 'atMs'> & { readonly ticket: Ticket }
type Place = Pick<PositionView, 'no'> & { readonly ticket: Ticket; readonly staged: Ticket }

/**
 * Whether a scan that sent a vehicle to a position is over: the vehicle is not there any more, filled,
 * taken back or called elsewhere. It would send the next driver to the place of another.
 */
export function isOver(
  { ticket, position, atMs }: Scan,
  view: { readonly atMs: Instant; readonly positions: readonly Place[] },
): boolean {
  if (ticket === null || position === null || view.atMs - atMs < settledMs) return false
  const place = view.positions.find(({ no }) => no === position)
  return place?.ticket?.id !== ticket.id && place?.staged?.id !== ticket.id
}
