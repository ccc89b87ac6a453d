import type {
  Booking as BookingJson,
  Driver as DriverJson,
  StationLive,
  Vehicle as VehicleJson,
} from '@baari/shared/contracts/http/cloud-api'
import { expectedFill } from '@baari/shared/domain/slots/expected-fill'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { isoDate } from '@baari/shared/units/ist-calendar'
import { after, hours, minutes, type Instant, type Millis } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import { lastAnswer, type RetimeOffer } from '../../domain/booking/retime.ts'
import type { Driver, Vehicle } from '../../ports/people.ts'
import type { BookingFill } from '../../ports/booking-fills.ts'

/** States in which the driver still shows the QR or says the code. */
const usable = new Set<Booking['state']>(['active', 'confirmed', 'checked_in', 'part_filled'])

export type BookingFacts = {
  readonly stationName: string
  readonly fills: readonly BookingFill[]
  /** What the station's delay adds to the token. */
  readonly delay: Millis
  readonly retime: RetimeOffer | undefined
  /** What the station tells of itself; undefined when it told nothing. */
  readonly live: StationLive | undefined
  readonly now: Instant
}

/** A pressure says nothing of windows that are further away. */
const pressureHolds = hours(1)

/** Share of a full cylinder the pressure gives; null for a station that was not heard lately. */
export function freshFill(live: StationLive | undefined): number | null {
  return live === undefined || live.stale ? null : live.fillPercent
}

function expectedGrams(
  booking: Booking,
  { live, now }: BookingFacts,
): BookingJson['expectedGrams'] {
  const soon = booking.windowStart - now <= pressureHolds
  if (!usable.has(booking.state) || !soon) return null
  return expectedFill(booking.grams, freshFill(live))
}

export function bookingJson(booking: Booking, facts: BookingFacts): BookingJson {
  const { stationName, fills, delay, retime } = facts
  const proof = usable.has(booking.state) ? booking.proof : undefined
  return {
    id: booking.id,
    station: booking.station,
    stationName,
    state: booking.state,
    rev: booking.rev,
    windowStartMs: booking.windowStart,
    windowEndMs: after(booking.windowStart, windowLength),
    expiresMs: after(booking.expires, delay),
    delayMin: Math.round(delay / minutes(1)),
    // Needs the driver's whereabouts, which nobody has given.
    leaveByMs: null,
    plate: booking.plate,
    vehicleClass: booking.vehicleClass,
    grams: booking.grams,
    expectedGrams: expectedGrams(booking, facts),
    payment: 'pump',
    pricePaisePerKg: booking.price,
    token: proof?.token ?? null,
    code: proof?.code ?? null,
    holdUntilMs: booking.holdUntil ?? null,
    retime: retimeJson(retime),
    fills: fills.map(({ fill, stars, grams, amount, settledAt }) => ({
      fill,
      stars,
      grams,
      amountPaise: amount,
      atMs: settledAt,
    })),
  }
}

function retimeJson(offer: RetimeOffer | undefined): BookingJson['retime'] {
  if (offer?.to === undefined) return null
  const { to, cause } = offer
  const windowEndMs = after(to, windowLength)
  return { windowStartMs: to, windowEndMs, untilMs: lastAnswer(offer), cause }
}

export function vehicleJson(vehicle: Vehicle): VehicleJson {
  return {
    id: vehicle.id,
    plate: vehicle.plate,
    vehicleClass: vehicle.vehicleClass,
    nozzle: vehicle.nozzle,
    retestValidUntil: isoDate(vehicle.retestDay),
  }
}

export function driverJson({ id, phone, vehicles }: Driver): DriverJson {
  return { id, phone, vehicles: vehicles.map(vehicleJson) }
}
