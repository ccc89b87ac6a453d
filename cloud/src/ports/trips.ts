import type { Eta } from '@baari/shared/domain/eta/offline-eta'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { PlaceCell } from '@baari/shared/units/place'
import type { Instant } from '@baari/shared/units/time'

/** A driver on the way, known to a field of about a kilometre. */
export type TripTold = Eta & {
  readonly booking: BookingId
  readonly station: StationNo
  readonly cell: PlaceCell
  readonly at: Instant
  readonly source: 'offline' | 'provider'
}

export type Trips = {
  /** The last word of a booking's driver stands. */
  put(trip: TripTold): Promise<void>
  dropBefore(before: Instant): Promise<void>
}
