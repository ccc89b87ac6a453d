import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import type { Grams } from '@baari/shared/units/mass'
import type { BookingId, NozzleType, VehicleClass } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'

/** A booking the node knows by its signature or its code alone, until the shape brings the row. */
export type ProvisionalBooking = {
  readonly id: BookingId
  /** Nine digits when it was known by code; the cloud matches it to the real booking. */
  readonly code: string | null
  readonly windowStart: Instant
  readonly expires: Instant
  readonly rev: number
  readonly vehicleClass: VehicleClass
  readonly nozzle: NozzleType
  readonly grams: Grams | null
  readonly prepaidPaise: number
  readonly maxUses: number
  readonly plate: string | null
  /** Eight hex characters of the token, against which a typed plate is checked. */
  readonly plateTag: string | null
  readonly retestDay: DayNumber | null
  readonly firstSeen: Instant
}

/** Bookings of this station: rows followed from the cloud, and those met at the lane first. */
export type Bookings = {
  byId(id: BookingId): BookingRow | undefined
  byCode(digits: string): readonly BookingRow[]
  /** Bookings whose plate is exactly this one, soonest window first, at most 50. */
  byPlate(plate: string): readonly BookingRow[]
  /** Case-insensitive: plate or code tail, part of the driver's name; at most 20. */
  search(text: string): readonly BookingRow[]
  provisional(id: BookingId): ProvisionalBooking | undefined
  provisionalByCode(digits: string): ProvisionalBooking | undefined
  addProvisional(booking: ProvisionalBooking): void
  /** Lowest revision still good and why, from the deny list; undefined when not listed. */
  denied(id: BookingId): { readonly minRev: number; readonly reason: string } | undefined
  /** Bookings still expected with a window in the span, soonest first, at most 500. */
  expected(from: Instant, to: Instant): readonly BookingRow[]
  /** Windows that ended without a scan and were not reported yet, at most `limit`. */
  unreportedNoShows(before: Instant, limit: number): readonly BookingRow[]
  markNoShow(id: BookingId, at: Instant): void
}
