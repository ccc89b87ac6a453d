import type { NozzleType, VehicleClass } from '@baari/shared/units/names'
import { integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, int8 } from './columns.ts'

export const driver = pgTable('driver', {
  id: uuid('id').primaryKey(),
  phoneSealed: bytea('phone_sealed').notNull(),
  /** HMAC of the E.164 number: found by it, never read from it. */
  phoneIndex: bytea('phone_index').notNull(),
  name: text('name'),
  language: text('language').$type<'en' | 'hi'>().notNull().default('en'),
  createdAtMs: int8('created_at_ms').notNull(),
})

export const vehicle = pgTable('vehicle', {
  id: uuid('id').primaryKey(),
  driverId: uuid('driver_id').notNull(),
  plate: text('plate').notNull(),
  vehicleClass: text('vehicle_class').$type<VehicleClass>().notNull(),
  nozzle: text('nozzle').$type<NozzleType>().notNull(),
  retestDay: integer('retest_day').notNull(),
  createdAtMs: int8('created_at_ms').notNull(),
})

export const otp = pgTable('otp', {
  id: uuid('id').primaryKey(),
  phoneIndex: bytea('phone_index').notNull(),
  addressIndex: bytea('address_index').notNull(),
  codeHash: bytea('code_hash').notNull(),
  createdAtMs: int8('created_at_ms').notNull(),
  expiresAtMs: int8('expires_at_ms').notNull(),
  tries: integer('tries').notNull().default(0),
  usedAtMs: int8('used_at_ms'),
})

export const driverSession = pgTable('driver_session', {
  tokenHash: bytea('token_hash').primaryKey(),
  driverId: uuid('driver_id').notNull(),
  createdAtMs: int8('created_at_ms').notNull(),
  expiresAtMs: int8('expires_at_ms').notNull(),
})

export const operator = pgTable('operator', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<'admin' | 'operator' | 'auditor'>().notNull(),
  passwordHash: text('password_hash').notNull(),
  wrongTries: integer('wrong_tries').notNull().default(0),
  lockedUntilMs: int8('locked_until_ms').notNull().default(0),
})

export const operatorSession = pgTable('operator_session', {
  tokenHash: bytea('token_hash').primaryKey(),
  operatorId: uuid('operator_id').notNull(),
  createdAtMs: int8('created_at_ms').notNull(),
  expiresAtMs: int8('expires_at_ms').notNull(),
})

export const idempotency = pgTable(
  'idempotency',
  {
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    requestHash: bytea('request_hash').notNull(),
    holder: uuid('holder').notNull(),
    lockedUntilMs: int8('locked_until_ms').notNull(),
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>(),
    body: text('body'),
    createdAtMs: int8('created_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.scope, t.key] })],
)

export const outgoingMessage = pgTable('outgoing_message', {
  id: uuid('id').primaryKey(),
  purpose: text('purpose').notNull(),
  phoneIndex: bytea('phone_index').notNull(),
  state: text('state').$type<'sending' | 'sent' | 'failed' | 'unknown'>().notNull(),
  providerRef: text('provider_ref'),
  createdAtMs: int8('created_at_ms').notNull(),
  updatedAtMs: int8('updated_at_ms').notNull(),
})
