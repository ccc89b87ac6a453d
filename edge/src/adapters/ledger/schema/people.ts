import type { Grams } from '@baari/shared/units/mass'
import type { Paise } from '@baari/shared/units/money'
import type { AttendantId, FillId, ShiftId } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const vehicle = sqliteTable('vehicle', {
  plate: text('plate').primaryKey(),
  retestDay: integer('retest_day').$type<DayNumber>().notNull(),
  recordedBy: text('recorded_by').$type<AttendantId>().notNull(),
  recordedAt: integer('recorded_at_ms').$type<Instant>().notNull(),
  corrected: integer('corrected', { mode: 'boolean' }).notNull(),
  photoSha256: text('photo_sha256'),
})

export const vehicleFill = sqliteTable('vehicle_fill', {
  fill: text('fill').$type<FillId>().primaryKey(),
  plate: text('plate').notNull(),
  settledAt: integer('settled_at_ms').$type<Instant>().notNull(),
  grams: integer('grams').$type<Grams>().notNull(),
  expectedGrams: integer('expected_grams').$type<Grams>(),
})

export const medium = sqliteTable('medium', {
  text: text('text').primaryKey(),
  plate: text('plate').notNull(),
  active: integer('active', { mode: 'boolean' }).notNull(),
})

export const attendant = sqliteTable('attendant', {
  id: text('id').$type<AttendantId>().primaryKey(),
  stationNo: integer('station_no').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<'attendant' | 'manager'>().notNull(),
  pinHash: text('pin_hash').notNull(),
  active: integer('active', { mode: 'boolean' }).notNull(),
})

export const pinTries = sqliteTable('pin_tries', {
  attendant: text('attendant').$type<AttendantId>().primaryKey(),
  wrong: integer('wrong').notNull(),
  lockedUntil: integer('locked_until_ms').$type<Instant>(),
})

export const attendantSession = sqliteTable('attendant_session', {
  sessionSha256: text('session_sha256').primaryKey(),
  attendant: text('attendant').$type<AttendantId>().notNull(),
  signedInAt: integer('signed_in_at_ms').$type<Instant>().notNull(),
  expires: integer('expires_ms').$type<Instant>().notNull(),
})

export const shift = sqliteTable('shift', {
  id: text('id').$type<ShiftId>().primaryKey(),
  attendant: text('attendant').$type<AttendantId>().notNull(),
  openedAt: integer('opened_at_ms').$type<Instant>().notNull(),
  openingCashPaise: integer('opening_cash_paise').$type<Paise>().notNull(),
  booksAtOpen: text('books_at_open').notNull(),
  closedAt: integer('closed_at_ms').$type<Instant>(),
  closed: text('closed'),
  openMark: integer('open_mark'),
})
