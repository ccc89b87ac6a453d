import { bookingId } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import type { Pool, PoolClient } from 'pg'
import type { MessageState } from '../../domain/messaging/message-states.ts'
import type { MessageOutbox, OutboxKind, OutboxMessage } from '../../ports/outbox.ts'

type Row = {
  readonly id: string
  readonly kind: OutboxKind
  readonly booking_id: string
  readonly offer_id: string
  readonly state: MessageState
  readonly attempts: number
  readonly expires_at_ms: string
}

export type NewMessage = {
  readonly id: string
  readonly kind: OutboxKind
  readonly booking: string
  readonly offer: string
  readonly expiresAt: Instant
  readonly now: Instant
}

/** Written with what it tells of, in the caller's transaction or on a connection of its own. */
export async function putMessage(
  client: Pick<PoolClient, 'query'>,
  { id, kind, booking, offer, expiresAt, now }: NewMessage,
): Promise<void> {
  await client.query(
    `INSERT INTO message_outbox (id, kind, booking_id, offer_id, state, due_at_ms, expires_at_ms,
       created_at_ms, updated_at_ms)
     VALUES ($1, $2, $3, $4, 'waiting', $6, $5, $6, $6)`,
    [id, kind, booking, offer, expiresAt, now],
  )
}

export function messageOutboxOf(pool: Pool): MessageOutbox {
  const one = async (column: 'id' | 'vendor_ref', value: string) => {
    const { rows } = await pool.query<Row>(`SELECT * FROM message_outbox WHERE ${column} = $1`, [
      value,
    ])
    return rows[0] && messageOf(rows[0])
  }
  return {
    async take(now, limit) {
      const { rows } = await pool.query<Row>(
        `UPDATE message_outbox SET state = 'sending', attempts = attempts + 1, updated_at_ms = $1
         WHERE id IN (
           SELECT id FROM message_outbox
           WHERE state = 'waiting' AND due_at_ms <= $1 AND expires_at_ms > $1
           ORDER BY due_at_ms, id LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING *`,
        [now, limit],
      )
      return rows.map(messageOf)
    },
    async change({ id, state: known }, { state, dueAt, vendorRef }, now) {
      const done = await pool.query(
        `UPDATE message_outbox SET state = $3, due_at_ms = $4, updated_at_ms = $5,
           vendor_ref = coalesce($6, vendor_ref)
         WHERE id = $1 AND state = $2`,
        [id, known, state, dueAt, now, vendorRef ?? null],
      )
      return done.rowCount === 1
    },
    find: (id) => one('id', id),
    byVendorRef: (ref) => one('vendor_ref', ref),
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
    async offerSent(offer, at) {
      // Only ever later than when it was made: nobody is given less time by a sender that was quick.
      for (const table of offerTables) {
        await pool.query(
          `UPDATE ${table} SET sent_at_ms = greatest(sent_at_ms, $2)
           WHERE id = $1 AND answer IS NULL AND delivered_at_ms IS NULL`,
          [offer, at],
        )
      }
    },
    async offerDelivered(offer, at) {
      for (const table of offerTables) {
        await pool.query(
          `UPDATE ${table} SET delivered_at_ms = $2 WHERE id = $1 AND delivered_at_ms IS NULL`,
          [offer, at],
        )
      }
    },
  }
}

const offerTables = ['standby_offer', 'retime_offer'] as const

function messageOf(row: Row): OutboxMessage {
  return {
    id: row.id,
    kind: row.kind,
    booking: bookingId(row.booking_id),
    offer: row.offer_id,
    state: row.state,
    attempts: row.attempts,
    expiresAt: instant(Number(row.expires_at_ms)),
  }
}
