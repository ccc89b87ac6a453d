import type { Booking } from '@baari/cloud/domain/booking/booking'
import { normalisePlate, type Plate } from '@baari/shared/domain/plate/plate'
import { present } from '@baari/shared/faults/assert'
import type { Prng } from '@baari/shared/runtime/chance'
import type { PositionNo, TicketId, VehicleClass } from '@baari/shared/units/names'
import { between, happens } from './chance.ts'

/** What a vehicle and its driver will do, decided before the first of it happens. */
export type VehiclePlan = {
  readonly id: number
  readonly station: number
  readonly plate: Plate
  readonly vehicleClass: VehicleClass
  readonly grams: number
  /** Null drives up without a booking. */
  readonly booking: BookingPlan | null
  /** When it reaches the lane; null never comes. Milliseconds of the world. */
  readonly arrivesAt: number | null
  /** Shows the token at two lanes within five milliseconds. */
  readonly scansTwice: boolean
  readonly usesCode: boolean
  readonly scansOut: boolean
  /** Never drives to the position when called. */
  readonly ignoresCall: boolean
}

export type BookingPlan = {
  readonly madeAt: number
  readonly windowAt: number
  readonly hold: boolean
  /** The driver's phone never heard the answer and asks again. */
  readonly asksTwice: boolean
  readonly cancelsAt: number | null
}

/** A vehicle as it is now. */
export type Vehicle = {
  readonly plan: VehiclePlan
  booking: Booking | undefined
  ticket: TicketId | undefined
  at: 'road' | 'lane' | 'queue' | 'position' | 'hose' | 'gone'
  position: PositionNo | undefined
  tries: number
  /** Grams it still takes. */
  room: number
  busy: boolean
}

const minuteMs = 60_000
const dayMs = 86_400_000
/** Windows of this world begin on the ten-minute grid of its start, 05:30. */
const windowMs = 600_000

export type DayPlan = {
  readonly station: number
  readonly vehicles: number
  readonly day: number
  readonly firstId: number
}

/** A day's vehicles of one station, from 06:00 to 21:30. */
export function planDay(
  prng: Prng,
  { station, vehicles, day, firstId }: DayPlan,
): readonly VehiclePlan[] {
  return Array.from({ length: vehicles }, (_, index) => {
    const wishedAt = day * dayMs + between(prng, 30, 960) * minuteMs
    const booking = happens(prng, 0.6) ? bookingPlan(prng, wishedAt) : null
    const vehicleClass = happens(prng, 0.7) ? 'auto' : 'car'
    const id = firstId + index
    return {
      ...{ id, station, vehicleClass, booking, plate: plateOf(id) },
      grams: Math.round(between(prng, 600, vehicleClass === 'auto' ? 4_000 : 7_500)),
      arrivesAt: arrival(prng, booking?.windowAt ?? wishedAt, booking !== null),
      scansTwice: happens(prng, 0.08),
      usesCode: happens(prng, 0.15),
      scansOut: happens(prng, 0.2),
      ignoresCall: happens(prng, 0.03),
    }
  })
}

function bookingPlan(prng: Prng, wishedAt: number): BookingPlan {
  const windowAt = Math.ceil(wishedAt / windowMs) * windowMs
  const ahead = between(prng, 16, happens(prng, 0.5) ? 90 : 900) * minuteMs
  const madeAt = Math.max(5_000, windowAt - ahead)
  const cancels = happens(prng, 0.12)
  return {
    ...{ madeAt, windowAt },
    hold: happens(prng, 0.1),
    asksTwice: happens(prng, 0.1),
    cancelsAt: cancels ? between(prng, madeAt + 1_000, windowAt + 15 * minuteMs) : null,
  }
}

/** On time, early, late, or not at all; a cancelled booking's vehicle may come all the same. */
function arrival(prng: Prng, dueAt: number, booked: boolean): number | null {
  if (!booked) return dueAt
  const dice = prng.next()
  if (dice < 0.1) return null
  if (dice < 0.25) return dueAt - between(prng, 5, 35) * minuteMs
  if (dice < 0.35) return dueAt + between(prng, 30, 70) * minuteMs
  return dueAt + between(prng, -2, 12) * minuteMs
}

function plateOf(id: number): Plate {
  const series = String.fromCharCode(65 + Math.floor(id / 9_999))
  const plate = normalisePlate(`MH12K${series}${String((id % 9_999) + 1).padStart(4, '0')}`)
  return present(plate.ok ? plate.value : undefined, 'a plate of the world')
}
