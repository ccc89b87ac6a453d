import type { FillRow, FillState } from '../../../domain/fill/fill-states.ts'
import type { NozzleNo } from '../../../domain/position/nozzle.ts'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise, PaisePerKg } from '@baari/shared/units/money'
import type {
  AttendantId,
  BookingId,
  FillId,
  NozzleType,
  PositionNo,
  TicketId,
} from '@baari/shared/units/names'
import type { Instant, Mono } from '@baari/shared/units/time'
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'

const gas = (name: string) => integer(name).$type<Grams>().notNull()

export const nozzle = sqliteTable(
  'nozzle',
  {
    position: integer('position').$type<PositionNo>().notNull(),
    nozzle: integer('nozzle').$type<NozzleNo>().notNull(),
    type: text('type').$type<NozzleType>().notNull(),
    widthGrams: gas('width_grams'),
    maxFlowGramsPerS: gas('max_flow_grams_per_s'),
    countGrams: gas('count_grams'),
    toleranceGrams: gas('tolerance_grams'),
    installedGrams: gas('installed_grams'),
    accountedGrams: gas('accounted_grams'),
    settledGrams: gas('settled_grams'),
    orphanGrams: gas('orphan_grams'),
    disputedGrams: gas('disputed_grams'),
    resetGrams: gas('reset_grams'),
    rolledGrams: gas('rolled_grams'),
    lastGrams: gas('last_grams'),
    lastAt: integer('last_at_ms').$type<Instant>().notNull(),
    lastBoot: text('last_boot').notNull(),
    lastMono: real('last_mono_ms').$type<Mono>().notNull(),
    resting: text('resting', { mode: 'json' }).$type<FillState>().notNull(),
    frozen: integer('frozen', { mode: 'boolean' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.position, t.nozzle] })],
)

export const fill = sqliteTable('fill', {
  no: integer('no').primaryKey(),
  id: text('id').$type<FillId>().notNull(),
  position: integer('position').$type<PositionNo>().notNull(),
  nozzle: integer('nozzle').$type<NozzleNo>().notNull(),
  openMark: integer('open_mark'),
  state: text('state').$type<FillState['kind']>().notNull(),
  body: text('body', { mode: 'json' }).$type<FillState>().notNull(),
  ticket: text('ticket').$type<TicketId>(),
  booking: text('booking').$type<BookingId>(),
  useNo: integer('use_no'),
  label: text('label').notNull(),
  limitGrams: gas('limit_grams'),
  pricePaisePerKg: integer('price_paise_per_kg').$type<PaisePerKg>().notNull(),
  openingGrams: gas('opening_grams'),
  latestGrams: gas('latest_grams'),
  deliveredGrams: gas('delivered_grams'),
  amountPaise: integer('amount_paise').$type<Paise>().notNull(),
  flag: text('flag').$type<'none' | 'recovered' | 'orphan' | 'dispute'>().notNull(),
  startedAt: integer('started_at_ms').$type<Instant>().notNull(),
  endedAt: integer('ended_at_ms').$type<Instant>(),
})

export const fillLog = sqliteTable('fill_log', {
  id: integer('id').primaryKey(),
  fill: text('fill').$type<FillId>(),
  position: integer('position').$type<PositionNo>().notNull(),
  nozzle: integer('nozzle').$type<NozzleNo>().notNull(),
  kind: text('kind').$type<FillRow['kind']>().notNull(),
  books: integer('books', { mode: 'boolean' }).notNull(),
  command: text('command'),
  body: text('body', { mode: 'json' }).$type<FillRow>().notNull(),
  raw: text('raw'),
  atMs: integer('at_ms').$type<Instant>().notNull(),
  monoMs: real('mono_ms').$type<Mono>().notNull(),
  boot: text('boot').notNull(),
})

export const fillPayment = sqliteTable('fill_payment', {
  id: integer('id').primaryKey(),
  fill: text('fill').$type<FillId>().notNull(),
  method: text('method').$type<'cash' | 'upi' | 'card'>().notNull(),
  amountPaise: integer('amount_paise').$type<Paise>().notNull(),
  by: text('by').$type<AttendantId>().notNull(),
  at: integer('at_ms').$type<Instant>().notNull(),
})
