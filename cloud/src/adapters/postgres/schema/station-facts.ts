import { boolean, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { int8 } from './columns.ts'

/** Use of a token at a lane; the station decides, the cloud keeps. */
export const checkIn = pgTable(
  'check_in',
  {
    stationNo: integer('station_no').notNull(),
    bookingId: uuid('booking_id').notNull(),
    useNo: integer('use_no').notNull(),
    state: text('state').$type<'claimed' | 'released' | 'redeemed'>().notNull(),
    laneNo: integer('lane_no'),
    verdict: text('verdict'),
    ticketId: uuid('ticket_id'),
    rev: integer('rev'),
    fillId: uuid('fill_id'),
    offline: boolean('offline').notNull().default(false),
    forced: boolean('forced').notNull().default(false),
    forceSent: boolean('force_sent').notNull().default(false),
    /** Among the ops of one use the highest station sequence stands. */
    stationSeq: int8('station_seq').notNull().default(0),
    atMs: int8('at_ms').notNull(),
    recvAtMs: int8('recv_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bookingId, t.useNo] })],
)

/** The commercial record of one settled fill. */
export const sale = pgTable('sale', {
  fillId: uuid('fill_id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  bookingId: uuid('booking_id'),
  ticketId: uuid('ticket_id'),
  positionNo: integer('position_no').notNull(),
  grams: int8('grams').notNull(),
  amountPaise: int8('amount_paise').notNull(),
  pricePaisePerKg: int8('price_paise_per_kg').notNull(),
  totaliserBeforeGrams: int8('totaliser_before_grams').notNull(),
  totaliserAfterGrams: int8('totaliser_after_grams').notNull(),
  flag: text('flag').notNull().default('normal'),
  settledAtMs: int8('settled_at_ms').notNull(),
  recvAtMs: int8('recv_at_ms').notNull(),
})

/** Gas that left without a fill of ours. */
export const orphanGas = pgTable(
  'orphan_gas',
  {
    stationNo: integer('station_no').notNull(),
    opRef: text('op_ref').notNull(),
    positionNo: integer('position_no').notNull(),
    grams: int8('grams').notNull(),
    totaliserBeforeGrams: int8('totaliser_before_grams').notNull(),
    totaliserAfterGrams: int8('totaliser_after_grams').notNull(),
    atMs: int8('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.stationNo, t.opRef] })],
)

/** A vehicle's place in a station's queue, walk-in or booked. */
export const walkInTicket = pgTable('walk_in_ticket', {
  ticketId: uuid('ticket_id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  kind: text('kind').$type<'booked' | 'walk-in'>().notNull(),
  number: integer('number'),
  vehicleClass: text('vehicle_class').notNull(),
  nozzles: text('nozzles').notNull(),
  bookingId: uuid('booking_id'),
  arrivedAtMs: int8('arrived_at_ms').notNull(),
  positionNo: integer('position_no'),
  calledAtMs: int8('called_at_ms'),
  undoneCalls: integer('undone_calls').notNull().default(0),
  skips: integer('skips').notNull().default(0),
  closedReason: text('closed_reason'),
  closedAtMs: int8('closed_at_ms'),
})

export const failedScan = pgTable(
  'failed_scan',
  {
    stationNo: integer('station_no').notNull(),
    opRef: text('op_ref').notNull(),
    verdict: text('verdict').notNull(),
    laneNo: integer('lane_no').notNull(),
    source: text('source').notNull(),
    rawSha256: text('raw_sha256').notNull(),
    /** Personal data: erased after 30 days. */
    rawBase64: text('raw_base64'),
    bookingId: uuid('booking_id'),
    atMs: int8('at_ms').notNull(),
    recvAtMs: int8('recv_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.stationNo, t.opRef] })],
)

/** The conflict list: a fact that contradicts the cloud, for a person to decide. */
export const stationException = pgTable('exception', {
  id: int8('id').primaryKey().generatedAlwaysAsIdentity(),
  stationNo: integer('station_no').notNull(),
  opRef: text('op_ref'),
  kind: text('kind').notNull(),
  bookingId: uuid('booking_id'),
  fillId: uuid('fill_id'),
  detail: text('detail').notNull(),
  atMs: int8('at_ms').notNull(),
  resolution: text('resolution'),
  resolvedBy: uuid('resolved_by'),
  resolvedAtMs: int8('resolved_at_ms'),
})
