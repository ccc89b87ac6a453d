import type { Grams } from '@baari/shared/units/mass'
import type {
  BookingId,
  NozzleType,
  PositionNo,
  TicketId,
  VehicleClass,
} from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'

export const openTicketStates = [
  'standby',
  'waiting',
  'staged',
  'called',
  'skipped',
  'filling',
] as const
export type TicketState = (typeof openTicketStates)[number] | 'closed'

/** One vehicle's place in the station's queue, booked or walk-in. */
export type Ticket = {
  readonly id: TicketId
  readonly kind: 'booked' | 'walk-in'
  /** `W-57` counts from 1 in each IST day; null for a booked vehicle that needs none. */
  readonly number: number | null
  readonly day: DayNumber
  readonly state: TicketState
  readonly vehicleClass: VehicleClass
  readonly nozzles: readonly NozzleType[]
  readonly plate: string | null
  readonly retestDay: DayNumber | null
  readonly booking: BookingId | null
  readonly useNo: number | null
  readonly windowStart: Instant | null
  readonly arrivedAt: Instant
  readonly position: PositionNo | null
  readonly calledAt: Instant | null
  /** Gas asked for; null means the class's usual fill. */
  readonly grams: Grams | null
  readonly closedAt: Instant | null
  readonly closedReason: string | null
}

/** What a screen shows of an open ticket's place. */
export type ShownPlace = Pick<Ticket, 'id' | 'state' | 'position' | 'calledAt'>

export type Tickets = {
  byId(id: TicketId): Ticket | undefined
  /** Tickets of a booking that are not closed: one, or several of a fleet token. */
  openOfBooking(booking: BookingId): readonly Ticket[]
  /** Every ticket that is not closed, oldest arrival first. */
  open(): readonly Ticket[]
  /** The places of all tickets that are not closed, as they stand until the next write. */
  places(): ReadonlyMap<TicketId, ShownPlace>
  add(ticket: Ticket): void
  save(ticket: Ticket): void
  /** The next walk-in number of a business day: dense, from 1. */
  nextNumber(day: DayNumber): number
}
