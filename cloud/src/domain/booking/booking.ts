import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { Plate } from '@baari/shared/domain/plate/plate'
import type { CodePlace } from '@baari/shared/domain/slots/code-place'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise, PaisePerKg } from '@baari/shared/units/money'
import type { BookingId, NozzleType, StationNo, VehicleClass } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import type { MilliMinutes } from '@baari/shared/units/work'

export type Channel = 'app' | 'sms' | 'voice' | 'kiosk'

/** What proves a place in the queue: the QR's text, and the nine digits with their place. */
export type Proof = {
  readonly token: string
  readonly code: string
  readonly codePlace: CodePlace
}

/** One booking as its seller knows it. */
export type Booking = {
  readonly id: BookingId
  readonly station: StationNo
  readonly state: BookingState
  /** Revision of the token; lower ones are superseded. */
  readonly rev: number
  /** Rises with every change: the compare-and-swap of confirm, cancel and expiry. */
  readonly version: number
  readonly windowStart: Instant
  /** End of the token's validity; only ever moves later by itself. */
  readonly expires: Instant
  readonly vehicleClass: VehicleClass
  readonly nozzle: NozzleType
  readonly grams: Grams
  readonly plate: Plate
  readonly driverName: string | undefined
  readonly retestDay: DayNumber
  readonly paymentMode: 'pump' | 'prepaid' | 'fleet'
  readonly paid: Paise
  readonly channel: Channel
  readonly driver: string | undefined
  readonly vehicle: string | undefined
  /** End of the hold, or of the time the vendor has to answer while *expiring*. */
  readonly holdUntil: Instant | undefined
  /** Work taken from the cells, frozen at sale. */
  readonly work: MilliMinutes
  readonly price: PaisePerKg
  /** The lease term it was sold under; absent on bookings from before there were terms. */
  readonly lease: { readonly term: string; readonly fence: number } | undefined
  /** Absent while the booking is only held. */
  readonly proof: Proof | undefined
  /** Idempotency-Key of the request that made it. */
  readonly requestKey: string | undefined
  readonly createdAt: Instant
}

/** What a step changes; the version rises by itself. */
export type BookingChange = {
  readonly state: BookingState
  readonly holdUntil?: Instant | undefined
  readonly proof?: Proof
  /** What a move to another window changes together. */
  readonly moved?: Pick<Booking, 'rev' | 'windowStart' | 'expires' | 'work' | 'lease'>
  /** A driver who is late keeps the token longer; only ever more. */
  readonly expires?: Instant
}
