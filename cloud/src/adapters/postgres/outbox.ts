import { bookingId } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import type { Pool, PoolClient } from 'pg'
import type { MessageState } from '../../domain/messaging/message-states.ts'
import type { MessageChange, MessageOutbox, OutboxKind, OutboxMessage } from '../../ports/outbox.ts'
import { inTransaction } from './pool.ts'

type Row = {
  readonly id: string
  readonly kind: OutboxKind
  readonly booking_id: string | null
  readonly offer_id: string
  readonly state: MessageState
  readonly attempts: number
  readonly vendor_ref: string | null
  readonly created_at_ms: string
  readonly expires_at_ms: string
}

export type NewMessage = {
  readonly id: string
  readonly kind: OutboxKind
  readonly offer: string
  readonly expiresAt: Instant
  readonly now: Instant
} & (
  | { readonly booking: string }
  /** Whom to tell where there is no booking. */
  | { readonly booking: string | null; readonly driver: string }
)

/** Written with what it tells of, in the caller's transaction or on a connection of its own. */
export async function putMessage(
  client: Pick<PoolClient, 'query'>,
  { id, kind, booking, offer, expiresAt, now, ...to }: NewMessage,
): Promise<void> {
  const driver = 'driver' in to ? to.driver : null
  await client.query(
    `INSERT INTO message_outbox (id, kind, booking_id, offer_id, state, due_at_ms, expires_at_ms,
       created_at_ms, updated_at_ms, driver_id)
     VALUES ($1, $2, $3, $4, 'waiting', $6, $5, $6, $6,
       coalesce($7, (SELECT driver_id FROM booking WHERE id = $3)))`,
    [id, kind, booking, offer, expiresAt, now, driver],
  )
}

export function messageOutboxOf(pool: Pool): MessageOutbox {
  const taken = async (sql: string, now: Instant, limit: number) => {
    const { rows } = await pool.query<Row>(sql, [now, limit])
    return rows.map(messageOf)
  }
  return {
    take: (now, limit) => taken(takeSql, now, limit),
    takeUnclear: (now, limit) => taken(takeUnclearSql, now, limit),
    change: (message, change, now) =>
      inTransaction(pool, async (client) => {
        if (!(await moved(client, message, { ...change, now }))) return false
        const told = offerSql[change.state]
        if (told === undefined) return true
        for (const table of offerTables) await client.query(told(table), [message.offer, now])
        return true
      }),
    async find(id) {
      const { rows } = await pool.query<Row>('SELECT * FROM message_outbox WHERE id = $1', [id])
      return rows[0] && messageOf(rows[0])
    },
    async stale({ takenBefore, now, limit }) {
      const { rows } = await pool.query<Row>(
        `SELECT * FROM message_outbox
         WHERE (state = 'sending' AND updated_at_ms < $1)
           OR (state = 'waiting' AND expires_at_ms <= $2)
         ORDER BY updated_at_ms LIMIT $3`,
        [takenBefore, now, limit],
      )
      return rows.map(messageOf)
    },
  }
}

async function moved(
  client: PoolClient,
  { id, state: known }: OutboxMessage,
  { state, dueAt, vendorRef, code, now }: MessageChange & { readonly now: Instant },
): Promise<boolean> {
  const done = await client.query(
    `UPDATE message_outbox SET state = $3, due_at_ms = $4, updated_at_ms = $5,
       vendor_ref = coalesce($6, vendor_ref), carrier_code = coalesce($7, carrier_code)
     WHERE id = $1 AND state = $2`,
    [id, known, state, dueAt, now, vendorRef ?? null, code ?? null],
  )
  return done.rowCount === 1
}

const offerTables = ['standby_offer', 'retime_offer'] as const

type OfferSql = (table: (typeof offerTables)[number]) => string

const offerSql: { readonly [S in MessageState]?: OfferSql } = {
  // Only ever later than when it was made: nobody is given less time by a sender that was quick.
  sent: (table) => `UPDATE ${table} SET sent_at_ms = greatest(sent_at_ms, $2)
    WHERE id = $1 AND answer IS NULL AND delivered_at_ms IS NULL`,
  delivered: (table) => `UPDATE ${table} SET delivered_at_ms = $2
    WHERE id = $1 AND delivered_at_ms IS NULL`,
}

/**
 * A driver's later message stays while an earlier one is with a sender or may still go. What a lot
 * gave has hours; an offer, which has minutes, does not wait for it.
 */
const takeSql = `
  UPDATE message_outbox SET state = 'sending', attempts = attempts + 1, updated_at_ms = $1
  WHERE id IN (
    SELECT m.id FROM message_outbox m
    WHERE m.state = 'waiting' AND m.due_at_ms <= $1 AND m.expires_at_ms > $1
      AND NOT EXISTS (
        SELECT 1 FROM message_outbox e
        WHERE e.driver_id = m.driver_id AND (e.created_at_ms, e.id) < (m.created_at_ms, m.id)
          AND e.state IN ('waiting', 'sending', 'unknown')
          AND e.kind NOT IN ('lot_won', 'lot_lost', 'lot_refused')
          AND (e.state = 'sending' OR e.expires_at_ms > $1))
    ORDER BY m.due_at_ms, m.id LIMIT $2 FOR UPDATE OF m SKIP LOCKED)
  RETURNING *`

/** Put off before it is asked about, so that an asker who dies is followed by another. */
const takeUnclearSql = `
  UPDATE message_outbox SET asked = asked + 1,
    due_at_ms = $1 + least(120000, 30000 * (1 << least(asked, 2)))
  WHERE id IN (
    SELECT id FROM message_outbox
    WHERE state = 'unknown' AND due_at_ms <= $1 AND expires_at_ms > $1
    ORDER BY due_at_ms, id LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING *`

function messageOf(row: Row): OutboxMessage {
  return {
    id: row.id,
    kind: row.kind,
    booking: row.booking_id === null ? undefined : bookingId(row.booking_id),
    offer: row.offer_id,
    state: row.state,
    attempts: row.attempts,
    vendorRef: row.vendor_ref ?? undefined,
    createdAt: instant(Number(row.created_at_ms)),
    expiresAt: instant(Number(row.expires_at_ms)),
  }
}

/** How many are on their way, by state. */
export async function unfinishedMessages(
  pool: Pool,
): Promise<readonly { readonly state: string; readonly count: number }[]> {
  const { rows } = await pool.query<{ state: string; count: number }>(
    `SELECT state, count(*)::int AS count FROM message_outbox
     WHERE state IN ('waiting', 'sending', 'unknown') GROUP BY state`,
  )
  return rows
}
