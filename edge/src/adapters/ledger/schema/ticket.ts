import type { TicketState } from '../../../ports/tickets.ts'
import type { Grams } from '@baari/shared/units/mass'
import type {
  BookingId,
  NozzleType,
  PositionNo,
  TicketId,
  VehicleClass,
} from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const ticket = sqliteTable('ticket', {
  id: text('id').$type<TicketId>().primaryKey(),
  kind: text('kind').$type<'booked' | 'walk-in'>().notNull(),
  number: integer('number'),
  day: integer('day').$type<DayNumber>().notNull(),
  state: text('state').$type<TicketState>().notNull(),
  vehicleClass: text('vehicle_class').$type<VehicleClass>().notNull(),
  nozzles: text('nozzles', { mode: 'json' }).$type<readonly NozzleType[]>().notNull(),
  plate: text('plate'),
  retestDay: integer('retest_day').$type<DayNumber>(),
  booking: text('booking').$type<BookingId>(),
  useNo: integer('use_no'),
  windowStart: integer('window_start_ms').$type<Instant>(),
  arrivedAt: integer('arrived_at_ms').$type<Instant>().notNull(),
  position: integer('position').$type<PositionNo>(),
  calledAt: integer('called_at_ms').$type<Instant>(),
  grams: integer('grams').$type<Grams>(),
  closedAt: integer('closed_at_ms').$type<Instant>(),
  closedReason: text('closed_reason'),
})

export const queueState = sqliteTable('queue_state', {
  id: integer('id').primaryKey(),
  body: text('body').notNull(),
})

/** The vehicles of the queue's state, which itself holds none of them. */
export const queueVehicle = sqliteTable('queue_vehicle', {
  serial: integer('serial').primaryKey(),
  body: text('body').notNull(),
})

/** Its young calls, of which the state itself holds none either. */
export const queueRecent = sqliteTable('queue_recent', {
  id: integer('id').primaryKey(),
  body: text('body').notNull(),
})

/** What is remembered of the queue between two looks, one row of JSON. */
export const queueWatch = sqliteTable('queue_watch', {
  id: integer('id').primaryKey(),
  body: text('body').notNull(),
})

export const waitQuote = sqliteTable('wait_quote', {
  vehicleClass: text('vehicle_class').$type<VehicleClass>().primaryKey(),
  medianMs: integer('median_ms').notNull(),
  p90Ms: integer('p90_ms').notNull(),
  at: integer('at_ms').$type<Instant>().notNull(),
})

export const call = sqliteTable('call', {
  id: integer('id').primaryKey(),
  ticket: text('ticket').$type<TicketId>().notNull(),
  position: integer('position').$type<PositionNo>().notNull(),
  staged: integer('staged', { mode: 'boolean' }).notNull(),
  at: integer('at_ms').$type<Instant>().notNull(),
  reason: text('reason').notNull(),
  explanation: text('explanation').notNull(),
  undoneAt: integer('undone_at_ms').$type<Instant>(),
})
