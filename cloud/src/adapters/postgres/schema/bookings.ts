import type { bookingStates } from '@baari/shared/contracts/http/cloud-api'
import type { NozzleType, VehicleClass } from '@baari/shared/units/names'
import { boolean, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { int8 } from './columns.ts'

export const booking = pgTable('booking', {
  id: uuid('id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  state: text('state').$type<(typeof bookingStates)[number]>().notNull(),
  /** Revision of the token; lower ones are superseded. */
  rev: integer('rev').notNull().default(1),
  windowStartMs: int8('window_start_ms').notNull(),
  expiresMs: int8('expires_ms').notNull(),
  vehicleClass: text('vehicle_class').$type<VehicleClass>().notNull(),
  nozzle: text('nozzle').$type<NozzleType>().notNull(),
  grams: int8('grams').notNull(),
  plate: text('plate').notNull(),
  driverName: text('driver_name'),
  retestDay: integer('retest_day').notNull(),
  paymentMode: text('payment_mode').$type<'pump' | 'prepaid' | 'fleet'>().notNull(),
  paidPaise: int8('paid_paise').notNull().default(0),
  maxUses: integer('max_uses').notNull().default(1),
  maxEntries: integer('max_entries'),
  lanes: text('lanes'),
  code: text('code'),
  blockedReason: text('blocked_reason'),
  underReview: boolean('under_review').notNull().default(false),
  prompt: text('prompt'),
  note: text('note'),
  channel: text('channel').$type<'app' | 'sms' | 'voice' | 'kiosk'>().notNull(),
  driverId: uuid('driver_id'),
  vehicleId: uuid('vehicle_id'),
  /** Rises with every change of the row: the compare-and-swap of confirm, cancel and expiry. */
  version: integer('version').notNull().default(1),
  holdUntilMs: int8('hold_until_ms'),
  /** Work the booking took: class minutes times show probability, frozen at sale. */
  workMilliMinutes: integer('work_milli_minutes').notNull(),
  pricePaisePerKg: int8('price_paise_per_kg').notNull(),
  token: text('token'),
  codeDay: integer('code_day'),
  codeSlot: integer('code_slot'),
  codeN: integer('code_n'),
  termId: uuid('term_id'),
  fence: int8('fence'),
  /** The plate while this booking is the vehicle's live one; a trigger lets go at a final state. */
  livePlate: text('live_plate'),
  requestKey: text('request_key'),
  createdAtMs: int8('created_at_ms').notNull(),
  updatedAtMs: int8('updated_at_ms').notNull(),
})

/** What a booking took from a cell, so that exactly this is given back. */
export const bookingCell = pgTable(
  'booking_cell',
  {
    bookingId: uuid('booking_id').notNull(),
    stationNo: integer('station_no').notNull(),
    cellStartMs: int8('cell_start_ms').notNull(),
    milliMinutes: int8('milli_minutes').notNull(),
    grams: int8('grams').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bookingId, t.cellStartMs] })],
)

export const deniedToken = pgTable('denied_token', {
  bookingId: uuid('booking_id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  minRev: integer('min_rev').notNull(),
  reason: text('reason').notNull(),
})

/** Public half of a cloud signing key. */
export const signingKey = pgTable('signing_key', {
  kid: integer('kid').primaryKey(),
  publicKey: text('public_key').notNull(),
  /** Known to stations from here; it signs only from `signsFromMs`, when they have heard of it. */
  notBeforeMs: int8('not_before_ms').notNull(),
  signsFromMs: int8('signs_from_ms').notNull(),
  notAfterMs: int8('not_after_ms').notNull(),
})

export const keySet = pgTable('key_set', {
  version: integer('version').primaryKey(),
  body: text('body').notNull(),
  signature: text('signature').notNull(),
  kid: integer('kid').notNull(),
})

/** What a sale reckoned with: the cohort and how likely its vehicles are to come. */
export const bookingOdds = pgTable('booking_odds', {
  bookingId: uuid('booking_id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  cohort: text('cohort').notNull(),
  showPermille: integer('show_permille').notNull(),
  counted: boolean('counted').notNull().default(false),
})

export const showCohort = pgTable(
  'show_cohort',
  {
    stationNo: integer('station_no').notNull(),
    cohort: text('cohort').notNull(),
    shown: int8('shown').notNull(),
    missed: int8('missed').notNull(),
  },
  (t) => [primaryKey({ columns: [t.stationNo, t.cohort] })],
)

/** A window offered to somebody on the waiting list; without an answer it is open. */
export const standbyOffer = pgTable('standby_offer', {
  id: uuid('id').primaryKey(),
  bookingId: uuid('booking_id').notNull(),
  stationNo: integer('station_no').notNull(),
  windowStartMs: int8('window_start_ms').notNull(),
  milliMinutes: int8('milli_minutes').notNull(),
  grams: int8('grams').notNull(),
  sentAtMs: int8('sent_at_ms').notNull(),
  deliveredAtMs: int8('delivered_at_ms'),
  answer: text('answer').$type<'accept' | 'snooze' | 'leave' | 'lapsed'>(),
  answeredAtMs: int8('answered_at_ms'),
})
