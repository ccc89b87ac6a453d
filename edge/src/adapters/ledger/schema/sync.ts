import type { Stream } from '@baari/shared/contracts/sync/session'
import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const syncMeta = sqliteTable('sync_meta', {
  id: integer('id').primaryKey(),
  stationNo: integer('station_no').notNull(),
  epoch: text('epoch').notNull(),
  prevEpoch: text('prev_epoch'),
  prevHeads: text('prev_heads'),
  generation: integer('generation').notNull().default(0),
  fenced: integer('fenced', { mode: 'boolean' }).notNull().default(false),
  restoredFrom: text('restored_from'),
  clockOffsetMs: integer('clock_offset_ms'),
  lastServerTimeMs: integer('last_server_time_ms'),
  wallFloorMs: integer('wall_floor_ms').notNull().default(0),
})

export const outboxOp = sqliteTable(
  'outbox',
  {
    epoch: text('epoch').notNull(),
    stream: text('stream').$type<Stream>().notNull(),
    seq: integer('seq').notNull(),
    kind: text('kind').notNull(),
    entityRef: integer('entity_ref').notNull(),
    baseRev: integer('base_rev'),
    raw: blob('raw', { mode: 'buffer' }).notNull(),
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    wallMs: integer('wall_ms').notNull(),
    monoMs: integer('mono_ms').notNull(),
    bootId: text('boot_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.epoch, t.stream, t.seq] })],
)

export const outboxHead = sqliteTable(
  'outbox_head',
  {
    epoch: text('epoch').notNull(),
    stream: text('stream').$type<Stream>().notNull(),
    nextSeq: integer('next_seq').notNull(),
    ackedSeq: integer('acked_seq').notNull(),
    chain: blob('chain', { mode: 'buffer' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.epoch, t.stream] })],
)

export const opResult = sqliteTable(
  'op_result',
  {
    epoch: text('epoch').notNull(),
    stream: text('stream').$type<Stream>().notNull(),
    seq: integer('seq').notNull(),
    verdict: text('verdict').notNull(),
    code: text('code').notNull(),
    serverRev: integer('server_rev'),
  },
  (t) => [primaryKey({ columns: [t.epoch, t.stream, t.seq] })],
)

export const entityRef = sqliteTable(
  'entity_ref',
  {
    epoch: text('epoch').notNull(),
    stream: text('stream').$type<Stream>().notNull(),
    ref: integer('ref').notNull(),
    type: text('type').notNull(),
    uuid: text('uuid').notNull(),
  },
  (t) => [primaryKey({ columns: [t.epoch, t.stream, t.uuid] })],
)
