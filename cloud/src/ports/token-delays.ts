import type { BookingId } from '@baari/shared/units/names'
import type { Millis } from '@baari/shared/units/time'

/** By how much the station's own delay makes tokens valid longer. */
export type TokenDelays = {
  /** Those of these bookings whose window was told a delay; for at most a page of bookings. */
  of(bookings: readonly BookingId[]): Promise<ReadonlyMap<BookingId, Millis>>
}
