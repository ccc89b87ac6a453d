import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DigestSet } from '@baari/shared/domain/sync/digest-rows'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stationDigests } from '../../../src/adapters/postgres/sync/digest-store.ts'
import { inTransaction } from '../../../src/adapters/postgres/pool.ts'
import { migratedDatabase, type PooledDatabase } from '../../support/migrated-database.ts'
import { addBooking } from '../../support/sync-world.ts'

type Row = Readonly<Record<string, string | number | null>>
type Vector = { readonly set: DigestSet; readonly key: string; readonly hash: string } & {
  readonly row: Row
}
const file = new URL('../../../../shared/vectors/digest.json', import.meta.url)
const { valid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly valid: readonly Vector[] }

let database: PooledDatabase
let pool: Pool

beforeAll(async () => {
  database = await migratedDatabase()
  pool = database.pool
  await pool.query(
    `INSERT INTO station (no, id, name, address, compressor_grams_per_hour)
     VALUES (42, gen_random_uuid(), 'a', 'b', 1), (43, gen_random_uuid(), 'a', 'b', 1)`,
  )
})
afterAll(() => database?.drop())

async function put({ set, key, row }: Vector): Promise<void> {
  if (set === 'bookings') {
    await addBooking(pool, { id: key, plate: String(row['plate']) })
    await pool.query(
      `UPDATE booking SET window_start_ms = $2, expires_ms = $3, code = $4, code_day = 1,
         code_slot = 1, code_n = 1, blocked_reason = $5 WHERE id = $1`,
      [key, row['window_start_ms'], row['expires_ms'], row['code'], row['blocked_reason']],
    )
  } else if (set === 'sales') {
    await putSale(key, row)
  } else if (set === 'payments') {
    const { method, amount_paise: amount, by } = row
    await pool.query(
      `INSERT INTO payment_collected (station_no, op_ref, fill_id, method, amount_paise,
         by_attendant, at_ms) VALUES (42, 'a/ledger/1', $1, $2, $3, $4, 1)`,
      [key, method, amount, by],
    )
  } else if (row['end'] === 'voided') {
    await pool.query(
      `INSERT INTO fill_fact (fill_id, kind, station_no, position_no, at_ms)
       VALUES ($1, 'voided', 42, $2, 1), ($1, 'authorised', 42, $2, 1)`,
      [key, row['position']],
    )
  }
}

/** The vectors' settled fill and its sale are one row here. */
async function putSale(key: string, row: Row): Promise<void> {
  await pool.query(
    `INSERT INTO sale (fill_id, station_no, booking_id, ticket_id, position_no, grams, amount_paise,
       price_paise_per_kg, totaliser_before_grams, totaliser_after_grams, settled_at_ms, recv_at_ms)
     VALUES ($1, 42, $2, $3, 2, 4250, $4, $5, 1000000, 1004250, 1, 1)`,
    [key, row['booking'], row['ticket'], row['amount_paise'], row['price_paise_per_kg']],
  )
}

async function hashOf(set: DigestSet, key: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ hash: string }>(
    `SELECT encode(d.hash, 'hex') AS hash FROM day_bucket b, LATERAL
       digest_rows(42, b.set_name, b.day) d WHERE b.set_name = $1 AND d.key = $2 LIMIT 1`,
    [set, key],
  )
  return rows[0]?.hash
}

describe('digests in PostgreSQL', () => {
  it('every row has the hash of the vector file, texts outside ASCII and nothings too', async () => {
    for (const vector of valid) await put(vector)
    await pool.query('SELECT digest_fold(42)')
    for (const { set, key, hash } of valid)
      expect([set, await hashOf(set, key)]).toEqual([set, hash])
  })

  it('kept digests are those of the rows after inserts, moves between days, and deletes', async () => {
    const digests = stationDigests(pool)
    const ids = Array.from({ length: 12 }, () => randomUUID())
    for (const id of ids) await addBooking(pool, { id })
    const dayMs = 86_400_000
    await pool.query('UPDATE booking SET window_start_ms = window_start_ms + $1 WHERE id = $2', [
      dayMs,
      ids[0],
    ])
    await pool.query(`UPDATE booking SET state = 'cancelled', note = 'x' WHERE id = $1`, [ids[1]])
    await pool.query('DELETE FROM booking WHERE id = $1', [ids[2]])
    const span = { stationNo: 42, set: 'bookings', from: 20_369, to: 20_372 } as const
    const before = await digests.days({ ...span, recount: false })
    expect(before.days.map(({ n }) => n)).toEqual([10, 1])
    expect(await digests.days({ ...span, recount: true })).toEqual(before)
    const { rows } = await pool.query('SELECT 1 FROM digest_delta WHERE station_no = 42')
    expect(rows).toEqual([])
  })

  it('a change that touches no column of the digest appends nothing', async () => {
    const id = randomUUID()
    await addBooking(pool, { id })
    await pool.query('SELECT digest_fold(42)')
    await pool.query(`UPDATE booking SET note = 'seen', updated_at_ms = 9 WHERE id = $1`, [id])
    const { rows } = await pool.query('SELECT 1 FROM digest_delta WHERE station_no = 42')
    expect(rows).toEqual([])
  })

  it('writers of one station neither wait for each other’s buckets nor deadlock', async () => {
    // One id in two orders: with buckets changed in place the two transactions would lock crosswise.
    const [a, b] = ['aa', 'bb'].map((end) => `${randomUUID().slice(0, -2)}${end}`)
    for (const id of [a, b]) await addBooking(pool, { id: id ?? '', stationNo: 43 })
    const twins = ['aa', 'bb'].map((end) => `${randomUUID().slice(0, -2)}${end}`)
    for (const id of twins) await addBooking(pool, { id, stationNo: 43 })
    const raise = (id: string | undefined): string =>
      `UPDATE booking SET grams = grams + 1 WHERE id = '${id}'`
    await inTransaction(pool, async (first) => {
      await first.query(raise(a))
      // The second writes both buckets and commits while the first is still open.
      await inTransaction(pool, async (second) => {
        await second.query("SET LOCAL lock_timeout = '2s'")
        await second.query(raise(twins[1]))
        await second.query(raise(twins[0]))
      })
      await first.query(raise(b))
    })
    const span = { stationNo: 43, set: 'bookings', from: 20_370, to: 20_370 } as const
    const digests = stationDigests(pool)
    const kept = await digests.days({ ...span, recount: false })
    expect(kept.days).toMatchObject([{ n: 4 }])
    expect(await digests.days({ ...span, recount: true })).toEqual(kept)
  })
})
