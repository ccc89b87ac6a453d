import { z } from 'zod'
import {
  attendantIdField,
  bookingIdField,
  dayField,
  gasField,
  instantField,
  nozzleField,
  paiseField,
  priceField,
  stationNoField,
  uuidText,
  vehicleClassField,
} from '../scalars.ts'
import { bookingStates } from '../http/cloud-api.ts'

/**
 * Rows a station follows through the shape stream, as PostgreSQL columns. The gatekeeper pins
 * `station_no`; values arrive as PostgreSQL text and parse here. The text comes first in each
 * choice: a catch-up reads half a million of them. Fifteen digits are exact as a number.
 */
const whole = z.union([z.string().regex(/^-?\d{1,15}$/), z.int(), z.bigint()]).transform(Number)
const time = whole.pipe(instantField)
const station = whole.pipe(stationNoField)
const flag = z
  .union([z.enum(['t', 'f', 'true', 'false']), z.boolean()])
  .transform((v) => v === true || v === 't' || v === 'true')

export const bookingRow = z.object({
  id: bookingIdField,
  station_no: station,
  state: z.enum(bookingStates),
  rev: whole,
  window_start_ms: time,
  expires_ms: time,
  vehicle_class: vehicleClassField,
  nozzle: nozzleField,
  grams: whole.pipe(gasField),
  plate: z.string(),
  driver_name: z.string().nullable(),
  retest_day: whole.pipe(dayField),
  payment_mode: z.enum(['pump', 'prepaid', 'fleet']),
  paid_paise: whole.pipe(paiseField),
  max_uses: whole,
  max_entries: whole.nullable(),
  lanes: z.string().nullable(),
  code: z.string().nullable(),
  blocked_reason: z.string().nullable(),
  under_review: flag,
  prompt: z.string().nullable(),
  note: z.string().nullable(),
  /** Fence of the lease term it was sold under, and when: an old fence claims no capacity. */
  fence: whole.nullable(),
  created_at_ms: time,
})

/** Signed key set, one row per version; the node keeps the newest that verifies. */
export const keySetRow = z.object({
  version: whole,
  body: z.string(),
  signature: z.string(),
  kid: whole,
})

export const deniedTokenRow = z.object({
  booking_id: bookingIdField,
  station_no: station,
  min_rev: whole,
  reason: z.string(),
})

export const tariffRow = z.object({
  id: z.string(),
  station_no: station,
  price_paise_per_kg: whole.pipe(priceField),
  valid_from_ms: time,
})

export const attendantRow = z.object({
  id: attendantIdField,
  station_no: station,
  name: z.string(),
  role: z.enum(['attendant', 'manager']),
  pin_hash: z.string(),
  active: flag,
})

/** One of the station's ops had no effect: rejected, with the reason's code. */
export const noticeRow = z.object({
  id: z.string(),
  station_no: station,
  epoch: z.string(),
  stream: z.string(),
  seq: whole,
  code: z.string(),
  at_ms: time,
})

/** The cloud was short of capacity in a window; the next grant answers it. */
export const leaseAskRow = z.object({
  id: z.string(),
  station_no: station,
  window_start_ms: time,
  milli_minutes: whole,
  grams: whole.pipe(gasField),
  asked_at_ms: time,
})

/** No gas for a time, declared by head office; one incident, however often its end moves. */
export const supplyCutRow = z.object({
  id: uuidText,
  station_no: station,
  from_ms: time,
  until_ms: time,
  ended_at_ms: time.nullable(),
})

/** Table name → row schema: everything a station may ask for. */
export const stationShapes = {
  booking: bookingRow,
  key_set: keySetRow,
  denied_token: deniedTokenRow,
  tariff: tariffRow,
  attendant: attendantRow,
  notice: noticeRow,
  lease_ask: leaseAskRow,
  supply_cut: supplyCutRow,
} as const

export type StationShape = keyof typeof stationShapes
export type BookingRow = z.output<typeof bookingRow>
