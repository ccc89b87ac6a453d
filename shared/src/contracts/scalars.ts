import { z } from 'zod'
import { grams } from '../units/mass.ts'
import { paise, paisePerKg } from '../units/money.ts'
import {
  attendantId,
  bookingId,
  fillId,
  laneNo,
  nozzleTypes,
  positionNo,
  shiftId,
  stationNo,
  ticketId,
  vehicleClasses,
} from '../units/names.ts'
import { dayNumber, instant } from '../units/time.ts'

/** Scalars of every contract: JSON numbers and strings that parse into branded values. */
const whole = z.int()
const count = z.int().min(0)
const number1 = z.int().min(1).max(1_000_000)

export const uuidText = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)

export const gramsField = whole.transform(grams)
export const gasField = count.transform(grams)
export const paiseField = whole.transform(paise)
export const priceField = count.transform(paisePerKg)
export const instantField = whole.transform(instant)
export const dayField = whole.transform(dayNumber)
export const stationNoField = number1.transform(stationNo)
export const positionNoField = number1.transform(positionNo)
export const laneNoField = number1.transform(laneNo)
export const bookingIdField = uuidText.transform(bookingId)
export const ticketIdField = uuidText.transform(ticketId)
export const fillIdField = uuidText.transform(fillId)
export const attendantIdField = uuidText.transform(attendantId)
export const shiftIdField = uuidText.transform(shiftId)
export const vehicleClassField = z.enum(vehicleClasses)
export const nozzleField = z.enum(nozzleTypes)

/** `YYYY-MM-DD`; the receiver checks that it is a calendar date. */
export const isoDateField = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

/** Plates are normalised by `domain/plate`; the wire carries what a person typed. */
export const plateText = z.string().min(4).max(16)
