import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

export type FillFeedback = {
  /** UUID of the fill. */
  readonly fill: string
  readonly booking: BookingId
  readonly station: StationNo
  readonly driver: string
  /** 1 to 5. */
  readonly stars: number
  readonly at: Instant
}

/** Stars of a station's fills of booked drivers, in a span. */
export type FeedbackCounts = {
  /** How many gave 1, 2, 3, 4 and 5 stars. */
  readonly byStars: readonly number[]
  /** Fills of bookings in the span, rated or not. */
  readonly fills: number
}

export type Feedbacks = {
  /** False when this fill has its stars already. */
  give(feedback: FillFeedback): Promise<boolean>
  counts(station: StationNo, since: Instant): Promise<FeedbackCounts>
  dropBefore(before: Instant): Promise<void>
}
