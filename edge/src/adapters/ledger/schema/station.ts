import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const stationSettings = sqliteTable('station_settings', {
  id: integer('id').primaryKey(),
  body: text('body').notNull(),
})

export const auditRow = sqliteTable('audit', {
  id: integer('id').primaryKey(),
  atMs: integer('at_ms').notNull(),
  by: text('by').notNull(),
  what: text('what').notNull(),
  about: text('about').notNull(),
  facts: text('facts').notNull(),
})

export const tariff = sqliteTable('tariff', {
  id: text('id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  pricePaisePerKg: integer('price_paise_per_kg').notNull(),
  validFromMs: integer('valid_from_ms').notNull(),
})
