import type { Grams } from '@baari/shared/units/mass'
import type { Paise } from '@baari/shared/units/money'
import type { BookingId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** What a booking received, as the station reported it. */
export type BookingFill = {
  /** UUID of the fill. */
  readonly fill: string
  /** Stars the driver gave; null while none were given. */
  readonly stars: number | null
  readonly grams: Grams
  readonly amount: Paise
  readonly settledAt: Instant
}

export type BookingFills = {
  /** Fills of each booking, oldest first; for at most a page of bookings. */
  of(bookings: readonly BookingId[]): Promise<ReadonlyMap<BookingId, readonly BookingFill[]>>
}
