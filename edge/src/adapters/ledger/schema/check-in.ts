import type { UseState } from '../../../domain/check-in/use-states.ts'
import type { BookingId, FillId, LaneNo, TicketId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const checkIn = sqliteTable(
  'check_in',
  {
    booking: text('booking').$type<BookingId>().notNull(),
    useNo: integer('use_no').notNull(),
    state: text('state').$type<UseState>().notNull(),
    lane: integer('lane').$type<LaneNo>().notNull(),
    at: integer('at_ms').$type<Instant>().notNull(),
    ticket: text('ticket').$type<TicketId>().notNull(),
    fill: text('fill').$type<FillId>(),
    partFilled: integer('part_filled', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.booking, t.useNo] })],
)

export const gateEvent = sqliteTable('gate_event', {
  id: integer('id').primaryKey(),
  booking: text('booking').$type<BookingId>().notNull(),
  direction: text('direction').$type<'entry' | 'exit'>().notNull(),
  lane: integer('lane').$type<LaneNo>().notNull(),
  at: integer('at_ms').$type<Instant>().notNull(),
})

export const scan = sqliteTable('scan', {
  no: integer('no').primaryKey(),
  id: text('id').notNull().unique(),
  at: integer('at_ms').$type<Instant>().notNull(),
  view: text('view').notNull(),
  booking: text('booking').$type<BookingId>(),
  useNo: integer('use_no'),
  ticket: text('ticket').$type<TicketId>(),
  undoneAt: integer('undone_at_ms').$type<Instant>(),
})

export const failedScan = sqliteTable('failed_scan', {
  scan: text('scan').primaryKey(),
  at: integer('at_ms').$type<Instant>().notNull(),
  lane: integer('lane').$type<LaneNo>().notNull(),
  source: text('source').notNull(),
  verdict: text('verdict').notNull(),
  raw: blob('raw', { mode: 'buffer' }),
  rawSha256: text('raw_sha256').notNull(),
  booking: text('booking').$type<BookingId>(),
})

export const wrongTag = sqliteTable('wrong_tag', {
  id: integer('id').primaryKey(),
  lane: integer('lane').$type<LaneNo>().notNull(),
  at: integer('at_ms').$type<Instant>().notNull(),
  day: integer('day').notNull(),
})
