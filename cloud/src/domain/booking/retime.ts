import { offersPerBooking } from '@baari/shared/domain/slots/retime'
import { instant, minutes, type Instant, type Millis } from '@baari/shared/units/time'
import type { Booking } from './booking.ts'
import { answerUntil, type OfferTimes } from './standby.ts'

/** Why another window is offered: capacity fell, the vehicle is late, or there is no gas. */
export type RetimeCause = 'capacity' | 'late' | 'supply'

/** `told`: no window had room, the driver knows and keeps the booking. */
export type RetimeAnswer = 'accept' | 'decline'

export type RetimeOffer = OfferTimes & {
  readonly id: string
  readonly booking: Booking['id']
  readonly station: Booking['station']
  readonly cause: RetimeCause
  readonly from: Instant
  /** Undefined where no window has room. */
  readonly to: Instant | undefined
  /** Kept from other sales while the offer is open. */
  readonly need: { readonly work: Booking['work']; readonly gas: Booking['grams'] }
}

/** Only bookings that wait for their window are moved; who is here already has come. */
export const retimable: ReadonlySet<Booking['state']> = new Set(['active', 'confirmed'])

/** A message nobody sent by then is not sent any more: its offer would be over at once. */
export const messageGoodFor: Millis = minutes(5)

type Asked = Pick<RetimeOffer, 'sentAt' | 'deliveredAt' | 'from' | 'cause'>

/**
 * Until when it can be answered: as on the waiting list, and not past the start of the window it is
 * for, which then may be used. A window without gas, or of a driver who comes later, is not.
 */
export function lastAnswer(offer: Asked): Instant {
  const until = answerUntil(offer)
  return offer.cause === 'capacity' ? instant(Math.min(until, offer.from)) : until
}

export function mayBeOffered({ state }: Pick<Booking, 'state'>, offersSoFar: number): boolean {
  return retimable.has(state) && offersSoFar < offersPerBooking
}
