import type { NozzleType } from '@baari/shared/units/names'
import { boolean, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, int8 } from './columns.ts'

export const station = pgTable('station', {
  no: integer('no').primaryKey(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  address: text('address').notNull(),
  timezone: text('timezone').notNull().default('Asia/Kolkata'),
  open: boolean('open').notNull().default(true),
  compressorGramsPerHour: int8('compressor_grams_per_hour').notNull(),
  kid: integer('kid'),
  /** Ed25519, base64url: sessions, day close and tokens sold at the kiosk. */
  publicKey: text('public_key'),
  /** X25519, base64url: what K_station is wrapped to. */
  wrapKey: text('wrap_key'),
  currentEpoch: text('current_epoch'),
  generation: integer('generation').notNull().default(0),
  instance: text('instance'),
})

/** Apart from `station`, because K_station must be in no table a shape may name. */
export const stationSecret = pgTable('station_secret', {
  stationNo: integer('station_no').primaryKey(),
  /** Sealed under the cloud's key file; the place is `station_secret:k_station:<no>`. */
  kStationSealed: bytea('k_station_sealed').notNull(),
  madeAtMs: int8('made_at_ms').notNull(),
})

export const stationPosition = pgTable(
  'station_position',
  {
    stationNo: integer('station_no').notNull(),
    positionNo: integer('position_no').notNull(),
    nozzles: text('nozzles').array().$type<NozzleType[]>().notNull(),
    working: boolean('working').notNull().default(true),
  },
  (t) => [primaryKey({ columns: [t.stationNo, t.positionNo] })],
)

export const tariff = pgTable('tariff', {
  id: text('id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  pricePaisePerKg: int8('price_paise_per_kg').notNull(),
  validFromMs: int8('valid_from_ms').notNull(),
})

export const attendant = pgTable('attendant', {
  id: uuid('id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<'attendant' | 'manager'>().notNull(),
  pinHash: text('pin_hash').notNull(),
  active: boolean('active').notNull().default(true),
})

/** Capacity of one five-minute cell as granted to this seller. */
export const slotCell = pgTable(
  'slot_cell',
  {
    stationNo: integer('station_no').notNull(),
    cellStartMs: int8('cell_start_ms').notNull(),
    grantedMilliMinutes: int8('granted_milli_minutes').notNull(),
    soldMilliMinutes: int8('sold_milli_minutes').notNull().default(0),
    overMilliMinutes: int8('over_milli_minutes').notNull().default(0),
    grantedGrams: int8('granted_grams').notNull(),
    soldGrams: int8('sold_grams').notNull().default(0),
    overGrams: int8('over_grams').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.stationNo, t.cellStartMs] })],
)
