import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise } from '@baari/shared/units/money'
import type { BookingId, NozzleType, StationNo, VehicleClass } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Columns are those of the shape row, so that the follower writes what it parsed as it is. */
export const booking = sqliteTable('booking', {
  id: text('id').$type<BookingId>().primaryKey(),
  station_no: integer('station_no').$type<StationNo>().notNull(),
  state: text('state').$type<BookingRow['state']>().notNull(),
  rev: integer('rev').notNull(),
  window_start_ms: integer('window_start_ms').$type<Instant>().notNull(),
  expires_ms: integer('expires_ms').$type<Instant>().notNull(),
  vehicle_class: text('vehicle_class').$type<VehicleClass>().notNull(),
  nozzle: text('nozzle').$type<NozzleType>().notNull(),
  grams: integer('grams').$type<Grams>().notNull(),
  plate: text('plate').notNull(),
  driver_name: text('driver_name'),
  retest_day: integer('retest_day').$type<DayNumber>().notNull(),
  payment_mode: text('payment_mode').$type<BookingRow['payment_mode']>().notNull(),
  paid_paise: integer('paid_paise').$type<Paise>().notNull(),
  max_uses: integer('max_uses').notNull(),
  max_entries: integer('max_entries'),
  lanes: text('lanes'),
  code: text('code'),
  blocked_reason: text('blocked_reason'),
  under_review: integer('under_review', { mode: 'boolean' }).notNull(),
  prompt: text('prompt'),
  note: text('note'),
  fence: integer('fence'),
  created_at_ms: integer('created_at_ms').$type<Instant>().notNull(),
})

export const provisionalBooking = sqliteTable('provisional_booking', {
  id: text('id').$type<BookingId>().primaryKey(),
  code: text('code'),
  windowStart: integer('window_start_ms').$type<Instant>().notNull(),
  expires: integer('expires_ms').$type<Instant>().notNull(),
  rev: integer('rev').notNull(),
  vehicleClass: text('vehicle_class').$type<VehicleClass>().notNull(),
  nozzle: text('nozzle').$type<NozzleType>().notNull(),
  grams: integer('grams').$type<Grams>(),
  prepaidPaise: integer('prepaid_paise').notNull(),
  maxUses: integer('max_uses').notNull(),
  plate: text('plate'),
  plateTag: text('plate_tag'),
  retestDay: integer('retest_day').$type<DayNumber>(),
  firstSeen: integer('first_seen_ms').$type<Instant>().notNull(),
})

export const noShow = sqliteTable('no_show', {
  booking: text('booking').$type<BookingId>().primaryKey(),
  atMs: integer('at_ms').$type<Instant>().notNull(),
})

export const keySet = sqliteTable('key_set', {
  version: integer('version').primaryKey(),
  body: text('body').notNull(),
  signature: text('signature').notNull(),
  kid: integer('kid').notNull(),
})

export const deniedToken = sqliteTable('denied_token', {
  bookingId: text('booking_id').$type<BookingId>().primaryKey(),
  stationNo: integer('station_no').$type<StationNo>().notNull(),
  minRev: integer('min_rev').notNull(),
  reason: text('reason').notNull(),
})
