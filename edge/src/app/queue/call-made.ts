import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { PositionNo, TicketId } from '@baari/shared/units/names'

/** A vehicle's turn, for the position controller and the screens to carry out. */
export type CallMade = {
  readonly ticket: TicketId
  readonly position: PositionNo
  /** Behind a running fill: the position is not free yet. */
  readonly staged: boolean
  readonly reason: CallReason
}
