import { createHash } from 'node:crypto'
import { streams } from '@baari/shared/contracts/sync/session'
import type { Pool, PoolClient } from 'pg'
import type { ReportedHead } from '../../../domain/sync/decide-session.ts'
import type { SessionTx, StationSessions } from '../../../ports/station-sessions.ts'
import { commitLater, inTransaction } from '../pool.ts'
import { chainStart } from './chain-hash.ts'

/** A station that asks for ever has this many nonces; a real one needs one at a time. */
const noncesKept = 16

export function stationSessions(pool: Pool, now: () => number): StationSessions {
  return {
    addNonce: (stationNo, nonce) => addNonce(pool, stationNo, nonce),
    async knowsNonce(stationNo, { nonce, now }) {
      const { rowCount } = await pool.query({
        name: 'nonce known',
        text: `SELECT 1 FROM session_nonce
          WHERE nonce_hash = $1 AND station_no = $2 AND expires_at_ms > $3`,
        values: [hash(nonce), stationNo, now],
      })
      return rowCount === 1
    },
    async keyOf(stationNo) {
      const { rows } = await pool.query<{ kid: number; public_key: string }>({
        name: 'session key',
        text: `SELECT kid, public_key FROM station
         WHERE no = $1 AND kid IS NOT NULL AND public_key IS NOT NULL`,
        values: [stationNo],
      })
      const row = rows[0]
      return row === undefined ? undefined : { kid: row.kid, publicKey: row.public_key }
    },
    transact: (stationNo, work) =>
      inTransaction(pool, async (client) => {
        const tx = await openTx(client, { stationNo, now })
        return tx === undefined ? undefined : work(tx)
      }),
    async byToken(token, now) {
      const { rows } = await pool.query<TokenRow>({
        name: 'session by token',
        text: `SELECT station_no, instance, generation, epoch FROM station_token
         WHERE token_hash = $1 AND expires_at_ms > $2`,
        values: [hash(token), now],
      })
      const row = rows[0]
      if (row === undefined) return undefined
      const { station_no: stationNo, instance, generation, epoch } = row
      return { stationNo, instance, generation, epoch }
    },
  }
}

type TokenRow = {
  readonly station_no: number
  readonly instance: string
  readonly generation: number
  readonly epoch: string
}

type NewNonce = Parameters<StationSessions['addNonce']>[1]

/** A nonce that a crash loses costs its station one more challenge. */
async function addNonce(
  pool: Pool,
  stationNo: number,
  { nonce, expires, now }: NewNonce,
): Promise<void> {
  await commitLater(pool, {
    name: 'nonce given',
    text: `WITH given AS (
        INSERT INTO session_nonce (nonce_hash, station_no, expires_at_ms)
        SELECT $1, no, $3 FROM station WHERE no = $2)
      DELETE FROM session_nonce WHERE station_no = $2 AND (expires_at_ms <= $4 OR nonce_hash IN (
        SELECT nonce_hash FROM session_nonce WHERE station_no = $2
        ORDER BY expires_at_ms DESC OFFSET $5))`,
    // The one that is given is not seen by the statement's other half.
    values: [hash(nonce), stationNo, expires, now, noncesKept - 1],
  })
}

type TxContext = { readonly stationNo: number; readonly now: () => number }

async function openTx(
  client: PoolClient,
  { stationNo, now }: TxContext,
): Promise<SessionTx | undefined> {
  const { rows } = await client.query<{
    current_epoch: string | null
    generation: number
    instance: string | null
  }>('SELECT current_epoch, generation, instance FROM station WHERE no = $1 FOR NO KEY UPDATE', [
    stationNo,
  ])
  const row = rows[0]
  if (row === undefined) return undefined
  const { current_epoch: epoch, generation, instance } = row
  const heads = epoch === null ? [] : await readHeads(client, stationNo, epoch)
  return {
    record: { epoch, generation, instance, heads },
    async takeNonce({ nonce, now }) {
      const { rowCount } = await client.query(
        `DELETE FROM session_nonce
          WHERE nonce_hash = $1 AND station_no = $2 AND expires_at_ms > $3`,
        [hash(nonce), stationNo, now],
      )
      return rowCount === 1
    },
    async dropNonces() {
      await client.query('DELETE FROM session_nonce WHERE station_no = $1', [stationNo])
    },
    generationOf: (asked) => generationOf(client, stationNo, asked),
    epochUsed: (asked) => epochUsed(client, stationNo, asked),
    epochBefore: (asked) => epochBefore(client, stationNo, asked),
    async saveInstance(instance, generation) {
      await client.query(
        `INSERT INTO station_instance (station_no, instance, generation, first_seen_ms)
         VALUES ($1, $2, $3, $4) ON CONFLICT (station_no, instance) DO NOTHING`,
        [stationNo, instance, generation, now()],
      )
      await client.query('UPDATE station SET generation = $2, instance = $3 WHERE no = $1', [
        stationNo,
        generation,
        instance,
      ])
    },
    openEpoch: (opened) => openEpoch(client, { stationNo, now }, opened),
    addToken: (token, given) => addToken(client, { stationNo, now }, { token, ...given }),
    heads: (epoch) => readHeads(client, stationNo, epoch),
  }
}

async function generationOf(
  client: PoolClient,
  stationNo: number,
  instance: string,
): Promise<number | null> {
  const { rows } = await client.query<{ generation: number }>(
    'SELECT generation FROM station_instance WHERE station_no = $1 AND instance = $2',
    [stationNo, instance],
  )
  return rows[0]?.generation ?? null
}

async function epochUsed(client: PoolClient, stationNo: number, epoch: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM station_epoch WHERE station_no = $1 AND epoch = $2',
    [stationNo, epoch],
  )
  return rowCount === 1
}

async function epochBefore(
  client: PoolClient,
  stationNo: number,
  epoch: string,
): Promise<string | null> {
  const { rows } = await client.query<{ prev_epoch: string | null }>(
    'SELECT prev_epoch FROM station_epoch WHERE station_no = $1 AND epoch = $2',
    [stationNo, epoch],
  )
  return rows[0]?.prev_epoch ?? null
}

async function openEpoch(
  client: PoolClient,
  { stationNo, now }: TxContext,
  { epoch, prev }: { readonly epoch: string; readonly prev: string | null },
): Promise<void> {
  await client.query(
    'INSERT INTO station_epoch (station_no, epoch, opened_at_ms, prev_epoch) VALUES ($1, $2, $3, $4)',
    [stationNo, epoch, now(), prev],
  )
  await client.query(
    `INSERT INTO station_head (station_no, epoch, stream, seq, chain, moved_at_ms)
     SELECT $1, $2, stream, 0, chain, $5 FROM unnest($3::text[], $4::text[]) AS h (stream, chain)`,
    [stationNo, epoch, streams, streams.map((name) => chainStart(stationNo, epoch, name)), now()],
  )
  await client.query('UPDATE station SET current_epoch = $2 WHERE no = $1', [stationNo, epoch])
}

type GivenToken = Parameters<SessionTx['addToken']>[1] & { readonly token: string }

async function addToken(
  client: PoolClient,
  { stationNo, now }: TxContext,
  { token, session, expires }: GivenToken,
): Promise<void> {
  await client.query('DELETE FROM station_token WHERE station_no = $1 AND expires_at_ms <= $2', [
    stationNo,
    now(),
  ])
  await client.query(
    `INSERT INTO station_token (token_hash, station_no, instance, generation, epoch, expires_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [hash(token), stationNo, session.instance, session.generation, session.epoch, expires],
  )
}

async function readHeads(
  client: PoolClient,
  stationNo: number,
  epoch: string,
): Promise<readonly ReportedHead[]> {
  const { rows } = await client.query<{ stream: string; seq: string; chain: string }>(
    'SELECT stream, seq, chain FROM station_head WHERE station_no = $1 AND epoch = $2 ORDER BY stream',
    [stationNo, epoch],
  )
  return rows.map(({ stream, seq, chain }) => ({ stream, seq: Number(seq), chain }))
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
