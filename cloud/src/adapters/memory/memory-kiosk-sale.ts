import type { Plate } from '@baari/shared/domain/plate/plate'
import { grams } from '@baari/shared/units/mass'
import { noPaise, paisePerKg } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { dayNumber, instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import type { Booking } from '../../domain/booking/booking.ts'
import type { RecordEffect } from '../../domain/sync/op-effects.ts'
import type { OpBodies } from '../../domain/sync/station-op.ts'
import { DataRefused } from '../../ports/station-streams.ts'
import { codePlaceKey, type MemoryTables } from './memory-database.ts'

/**
 * Sold at the kiosk from the station's own share. A vehicle with a live booking keeps that one, a
 * booking that is there stays as it is, and a code names one booking for ever.
 */
export function saveKioskSale(
  tables: MemoryTables,
  { body, atMs }: Extract<RecordEffect, { fact: 'booking.made' }>,
  station: number,
): void {
  const { booking: id, plate, codeDay, codeSlot: slot, codeN: n } = body
  if (tables.booking.has(id)) return
  const place = codePlaceKey(station, { day: dayNumber(codeDay), slot, n })
  if (tables.codePlace.has(place)) throw new DataRefused('23505', `the code of ${id} is there`)
  const isFree = !tables.livePlate.has(plate)
  if (isFree) tables.livePlate.put(plate, id)
  tables.codePlace.put(place, id)
  const booking = kioskBooking(body, { station, atMs })
  tables.booking.put(id, { booking, livePlate: isFree ? plate : null, facts: null })
}

/** The row of a sale at the kiosk, as the station told it; its token is not known here. */
function kioskBooking(
  body: OpBodies['booking.made'],
  { station, atMs }: { readonly station: number; readonly atMs: number },
): Booking {
  return {
    id: bookingId(body.booking),
    station: stationNo(station),
    ...{ state: 'active', rev: 1, version: 1 },
    windowStart: instant(body.windowStartMs),
    expires: instant(body.expiresMs),
    vehicleClass: body.vehicleClass,
    nozzle: body.nozzle,
    grams: grams(body.grams),
    // Only normalised plates are told.
    plate: body.plate as Plate,
    driverName: undefined,
    retestDay: dayNumber(body.retestDay),
    ...{ paymentMode: 'pump', paid: noPaise, channel: 'kiosk' },
    ...{ driver: undefined, vehicle: undefined, holdUntil: undefined },
    work: milliMinutes(body.workMilliMinutes),
    price: paisePerKg(body.pricePaisePerKg),
    lease: { term: body.term, fence: body.fence },
    ...{ proof: undefined, requestKey: undefined },
    createdAt: instant(atMs),
  }
}
