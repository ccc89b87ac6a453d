import type { UseState } from '../domain/check-in/use-states.ts'
import type { BookingId, FillId, LaneNo, TicketId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** One use of a booking at the lane: unique by (booking, useNo), which is what stops double use. */
export type CheckIn = {
  readonly booking: BookingId
  readonly useNo: number
  readonly state: UseState
  readonly lane: LaneNo
  readonly at: Instant
  readonly ticket: TicketId
  readonly fill: FillId | null
  /** The fill ended by a fault or below half of the expected gas: the token lives for the rest. */
  readonly partFilled: boolean
}

export type GateEvent = {
  readonly booking: BookingId
  readonly direction: 'entry' | 'exit'
  readonly lane: LaneNo
  readonly at: Instant
}

export type CheckIns = {
  ofBooking(booking: BookingId): readonly CheckIn[]
  /** The use a ticket lives by; undefined for a walk-in. */
  ofTicket(ticket: TicketId): CheckIn | undefined
  /** Writes the row of (booking, useNo), new or changed. */
  save(checkIn: CheckIn): void
  addGateEvent(event: GateEvent): void
  gateEvents(booking: BookingId): readonly GateEvent[]
}
