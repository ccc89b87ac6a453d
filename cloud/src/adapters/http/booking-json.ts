import type {
  Booking as BookingJson,
  Driver as DriverJson,
  Vehicle as VehicleJson,
} from '@baari/shared/contracts/http/cloud-api'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { isoDate } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import { after } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import type { Driver, Vehicle } from '../../ports/people.ts'
import type { SettledSale } from '../../ports/station-ledger.ts'

/** States in which the driver still shows the QR or says the code. */
const usable = new Set<Booking['state']>(['active', 'confirmed', 'checked_in', 'part_filled'])

export type BookingFacts = {
  readonly stationName: string
  readonly sales: readonly SettledSale[]
}

export function bookingJson(booking: Booking, { stationName, sales }: BookingFacts): BookingJson {
  const proof = usable.has(booking.state) ? booking.proof : undefined
  return {
    id: booking.id,
    station: booking.station,
    stationName,
    state: booking.state,
    rev: booking.rev,
    windowStartMs: booking.windowStart,
    windowEndMs: after(booking.windowStart, windowLength),
    expiresMs: booking.expires,
    // Needs the driver's whereabouts, which nobody has given.
    leaveByMs: null,
    plate: booking.plate,
    vehicleClass: booking.vehicleClass,
    grams: booking.grams,
    payment: 'pump',
    pricePaisePerKg: booking.price,
    token: proof?.token ?? null,
    code: proof?.code ?? null,
    holdUntilMs: booking.holdUntil ?? null,
    fills: sales.map((sale) => ({
      grams: grams(sale.grams),
      amountPaise: paise(sale.amountPaise),
      atMs: sale.settledAt,
    })),
  }
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
