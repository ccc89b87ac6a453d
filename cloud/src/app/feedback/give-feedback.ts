import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { after, hours } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import type { BookingFills } from '../../ports/booking-fills.ts'
import type { Feedbacks } from '../../ports/fill-feedback.ts'
import type { SaleBook } from '../../ports/sales.ts'
import type { OwnBooking } from '../bookings/confirm-hold.ts'

export type FeedbackDeps = {
  readonly book: Pick<SaleBook, 'find'>
  readonly fills: BookingFills
  readonly feedbacks: Feedbacks
  readonly clock: Pick<Clock, 'now'>
}

/** Past this nobody remembers the visit. */
const openFor = hours(24 * 7)

export type GivenStars = OwnBooking & { readonly fill: string; readonly stars: number }

/**
 * The driver's stars for one fill of an own booking; the first word stands. Refuses with
 * booking_unknown, fill_unknown, feedback_over (seven days) or feedback_given.
 */
export async function giveFeedback(
  { book, fills, feedbacks, clock }: FeedbackDeps,
  { id, driver, fill, stars }: GivenStars,
): Promise<Result<Booking, Refusal>> {
  const booking = await book.find(id)
  if (booking === undefined || booking.driver !== driver) return err(refusal('booking_unknown'))
  const found = (await fills.of([id])).get(id)?.find((one) => one.fill === fill)
  if (found === undefined) return err(refusal('fill_unknown'))
  const at = clock.now()
  if (at > after(found.settledAt, openFor)) return err(refusal('feedback_over'))
  const { station } = booking
  const given = await feedbacks.give({ fill, booking: id, station, driver, stars, at })
  return given ? ok(booking) : err(refusal('feedback_given'))
}
