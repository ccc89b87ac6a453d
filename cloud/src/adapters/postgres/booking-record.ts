import type { Plate } from '@baari/shared/domain/plate/plate'
import { grams } from '@baari/shared/units/mass'
import { paise, paisePerKg } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { dayNumber, instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import type { Booking, BookingChange, Proof } from '../../domain/booking/booking.ts'
import type { booking } from './schema/bookings.ts'

type Row = typeof booking.$inferSelect
type NewRow = typeof booking.$inferInsert
type Moved = NonNullable<BookingChange['moved']>

/** A row of the table, which the CHECKs keep inside the types. */
export function bookingOf(row: Row): Booking {
  return {
    id: bookingId(row.id),
    station: stationNo(row.stationNo),
    state: row.state,
    rev: row.rev,
    version: row.version,
    windowStart: instant(row.windowStartMs),
    expires: instant(row.expiresMs),
    vehicleClass: row.vehicleClass,
    nozzle: row.nozzle,
    grams: grams(row.grams),
    // Only normalised plates are ever inserted.
    plate: row.plate as Plate,
    driverName: row.driverName ?? undefined,
    retestDay: dayNumber(row.retestDay),
    paymentMode: row.paymentMode,
    paid: paise(row.paidPaise),
    channel: row.channel,
    driver: row.driverId ?? undefined,
    vehicle: row.vehicleId ?? undefined,
    holdUntil: row.holdUntilMs === null ? undefined : instant(row.holdUntilMs),
    work: milliMinutes(row.workMilliMinutes),
    price: paisePerKg(row.pricePaisePerKg),
    lease:
      row.termId === null || row.fence === null
        ? undefined
        : { term: row.termId, fence: row.fence },
    proof: proofOf(row),
    requestKey: row.requestKey ?? undefined,
    createdAt: instant(row.createdAtMs),
  }
}

function proofOf({ token, code, codeDay, codeSlot, codeN }: Row): Proof | undefined {
  if (token === null || code === null) return undefined
  if (codeDay === null || codeSlot === null || codeN === null) return undefined
  return { token, code, codePlace: { day: dayNumber(codeDay), slot: codeSlot, n: codeN } }
}

/** The row a new booking is stored as. */
export function newRowOf(sold: Booking): NewRow {
  return {
    id: sold.id,
    stationNo: sold.station,
    state: sold.state,
    rev: sold.rev,
    version: sold.version,
    windowStartMs: sold.windowStart,
    expiresMs: sold.expires,
    vehicleClass: sold.vehicleClass,
    nozzle: sold.nozzle,
    grams: sold.grams,
    plate: sold.plate,
    driverName: sold.driverName ?? null,
    retestDay: sold.retestDay,
    paymentMode: sold.paymentMode,
    paidPaise: sold.paid,
    channel: sold.channel,
    driverId: sold.driver ?? null,
    vehicleId: sold.vehicle ?? null,
    holdUntilMs: sold.holdUntil ?? null,
    workMilliMinutes: sold.work,
    pricePaisePerKg: sold.price,
    termId: sold.lease?.term ?? null,
    fence: sold.lease?.fence ?? null,
    livePlate: sold.plate,
    requestKey: sold.requestKey ?? null,
    createdAtMs: sold.createdAt,
    updatedAtMs: sold.createdAt,
    ...proofColumns(sold.proof),
  }
}

/** The columns a step writes. */
export function changedColumns(change: BookingChange): Partial<NewRow> {
  return {
    state: change.state,
    ...('holdUntil' in change && { holdUntilMs: change.holdUntil ?? null }),
    ...(change.proof && proofColumns(change.proof)),
    ...(change.expires !== undefined && { expiresMs: change.expires }),
    ...(change.moved && movedColumns(change.moved)),
  }
}

function movedColumns({ rev, windowStart, expires, work, lease }: Moved): Partial<NewRow> {
  return {
    ...{ rev, windowStartMs: windowStart, expiresMs: expires, workMilliMinutes: work },
    ...{ termId: lease?.term ?? null, fence: lease?.fence ?? null },
  }
}

function proofColumns(proof: Proof | undefined): Partial<NewRow> {
  if (proof === undefined) return {}
  const { day, slot, n } = proof.codePlace
  return { token: proof.token, code: proof.code, codeDay: day, codeSlot: slot, codeN: n }
}
