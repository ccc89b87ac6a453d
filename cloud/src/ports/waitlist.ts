import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { FreeCell, Need } from '@baari/shared/domain/slots/taking-plan'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { Booking } from '../domain/booking/booking.ts'
import type { OfferTimes, StandbyAnswer } from '../domain/booking/standby.ts'
import type { SaleOdds, SaleTx } from './sales.ts'

export type Offer = OfferTimes & {
  readonly id: string
  readonly booking: BookingId
  readonly station: StationNo
  readonly windowStart: Instant
  /** Kept from other sales while the offer is open. */
  readonly need: Need
}

/** The waiting list inside one database transaction. */
export type WaitlistTx = SaleTx & {
  /** False when the vehicle is on the list already, or the request was served. */
  join(booking: Booking): Promise<boolean>
  /** The offer that waits for this booking's answer, locked until the transaction ends. */
  openOffer(booking: BookingId): Promise<Offer | undefined>
  answer(offer: string, answer: StandbyAnswer | 'lapsed', now: Instant): Promise<void>
  /** Makes a waiting booking active with what it took; false when its vehicle has another one. */
  takeUp(
    booking: Booking,
    sale: { readonly plan: readonly FreeCell[]; readonly odds: SaleOdds },
  ): Promise<boolean>
}

export type Waitlist = {
  transact<T>(work: (tx: WaitlistTx) => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>>
  /** Offers that wait for an answer, oldest first. */
  open(limit: number): Promise<readonly Offer[]>
  /** Whose turn it is for each window without an open offer: first come, the lately asked last. */
  next(of: { readonly askedBefore: Instant; readonly limit: number }): Promise<readonly Booking[]>
  /** Waiting for a window that no remote channel sells any more. */
  tooLate(windowBefore: Instant, limit: number): Promise<readonly Booking[]>
  /** The offer and its message; false when the window or the vehicle has an open offer by now. */
  offer(
    offer: Offer,
    message: { readonly id: string; readonly expiresAt: Instant },
  ): Promise<boolean>
}
