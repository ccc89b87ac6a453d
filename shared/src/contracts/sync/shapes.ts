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
  vehicleClassField,
} from '../scalars.ts'
import { bookingStates } from '../http/cloud-api.ts'

/**
 * Rows a station follows through the shape stream, as PostgreSQL columns. The gatekeeper pins
 * `station_no`; values arrive as PostgreSQL text and parse here. int8 arrives as BigInt.
 */
const int8 = z.union([z.bigint(), z.int(), z.string().regex(/^-?\d+$/)]).transform(Number)
const time = int8.pipe(instantField)
const flag = z
  .union([z.boolean(), z.enum(['t', 'f', 'true', 'false'])])
  .transform((v) => v === true || v === 't' || v === 'true')

export const bookingRow = z.object({
  id: bookingIdField,
  station_no: stationNoField,
  state: z.enum(bookingStates),
  rev: z.int(),
  window_start_ms: time,
  expires_ms: time,
  vehicle_class: vehicleClassField,
  nozzle: nozzleField,
  grams: int8.pipe(gasField),
  plate: z.string(),
  driver_name: z.string().nullable(),
  retest_day: int8.pipe(dayField),
  payment_mode: z.enum(['pump', 'prepaid', 'fleet']),
  paid_paise: int8.pipe(paiseField),
  max_uses: z.int(),
  max_entries: z.int().nullable(),
  lanes: z.string().nullable(),
  code: z.string().nullable(),
  blocked_reason: z.string().nullable(),
  under_review: flag,
  prompt: z.string().nullable(),
  note: z.string().nullable(),
  /** Fence of the lease term it was sold under, and when: an old fence claims no capacity. */
  fence: int8.nullable(),
  created_at_ms: time,
})

/** Signed key set, one row per version; the node keeps the newest that verifies. */
export const keySetRow = z.object({
  version: z.int(),
  body: z.string(),
  signature: z.string(),
  kid: z.int(),
})

export const deniedTokenRow = z.object({
  booking_id: bookingIdField,
  station_no: stationNoField,
  min_rev: z.int(),
  reason: z.string(),
})

export const tariffRow = z.object({
  id: z.string(),
  station_no: stationNoField,
  price_paise_per_kg: int8.pipe(priceField),
  valid_from_ms: time,
})

export const attendantRow = z.object({
  id: attendantIdField,
  station_no: stationNoField,
  name: z.string(),
  role: z.enum(['attendant', 'manager']),
  pin_hash: z.string(),
  active: flag,
})

/** One of the station's ops had no effect: rejected, with the reason's code. */
export const noticeRow = z.object({
  id: z.string(),
  station_no: stationNoField,
  epoch: z.string(),
  stream: z.string(),
  seq: int8,
  code: z.string(),
  at_ms: time,
})

/** The cloud was short of capacity in a window; the next grant answers it. */
export const leaseAskRow = z.object({
  id: z.string(),
  station_no: stationNoField,
  window_start_ms: time,
  milli_minutes: int8,
  grams: int8.pipe(gasField),
  asked_at_ms: time,
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
} as const

export type StationShape = keyof typeof stationShapes
export type BookingRow = z.output<typeof bookingRow>
