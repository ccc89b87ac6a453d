import { instant } from '@baari/shared/units/time'
import type { Pool, PoolClient } from 'pg'
import type { EnrolledStation, Enrolments, EnrolTx } from '../../../ports/enrolments.ts'
import { inTransaction } from '../pool.ts'
import { secretPlace, type OpenSealed } from '../stations.ts'

export type SealStore = {
  readonly seal: (plain: Uint8Array, place: string) => Buffer
  readonly open: OpenSealed
}

/** Enrolment over PostgreSQL; `box` seals K_station before it reaches a row. */
export function enrolmentsOf(pool: Pool, box: SealStore): Enrolments {
  return {
    async putCode(stationNo, { hash, expires }) {
      const { rowCount } = await pool.query(
        `INSERT INTO enrol_code (station_no, code_hash, expires_at_ms)
         SELECT no, $2, $3 FROM station WHERE no = $1
         ON CONFLICT (station_no) DO UPDATE SET code_hash = excluded.code_hash,
           expires_at_ms = excluded.expires_at_ms, tries = 0, used_at_ms = NULL`,
        [stationNo, Buffer.from(hash, 'hex'), expires],
      )
      return rowCount === 1
    },
    transact: (stationNo, work) =>
      inTransaction(pool, async (client) => {
        const tx = await openTx(client, box, stationNo)
        return tx === undefined ? undefined : work(tx)
      }),
    async keyOf(stationNo) {
      const { rows } = await pool.query<{ wrap_key: string; sealed: Buffer }>(
        `SELECT s.wrap_key, k.k_station_sealed AS sealed
         FROM station s JOIN station_secret k ON k.station_no = s.no
         WHERE s.no = $1 AND s.wrap_key IS NOT NULL`,
        [stationNo],
      )
      const row = rows[0]
      return row && { wrapKey: row.wrap_key, secret: box.open(row.sealed, secretPlace(stationNo)) }
    },
  }
}

type Row = {
  readonly kid: number | null
  readonly code_hash: Buffer | null
  readonly expires_at_ms: string
  readonly tries: number
  readonly used_at_ms: string | null
}

/** The station's row is held, so that of two attempts with one code the second finds it used. */
async function openTx(
  client: PoolClient,
  box: SealStore,
  stationNo: number,
): Promise<EnrolTx | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT s.kid, c.code_hash, c.expires_at_ms, c.tries, c.used_at_ms
     FROM station s LEFT JOIN enrol_code c ON c.station_no = s.no
     WHERE s.no = $1 FOR NO KEY UPDATE OF s`,
    [stationNo],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    code: row.code_hash === null ? undefined : codeOf({ ...row, code_hash: row.code_hash }),
    lastKid: row.kid,
    async countTry() {
      await client.query(
        'UPDATE enrol_code SET tries = least(tries + 1, 5) WHERE station_no = $1',
        [stationNo],
      )
    },
    enrol: (station) => enrol(client, { stationNo, station, box }),
  }
}

function codeOf({ code_hash: hash, ...row }: Row & { readonly code_hash: Buffer }) {
  return {
    hash: hash.toString('hex'),
    expires: instant(Number(row.expires_at_ms)),
    tries: row.tries,
    used: row.used_at_ms !== null,
  }
}

type Enrolling = {
  readonly stationNo: number
  readonly station: EnrolledStation
  readonly box: SealStore
}

async function enrol(client: PoolClient, { stationNo, station, box }: Enrolling): Promise<void> {
  const { kid, publicKey, wrapKey, secret, at } = station
  await client.query('UPDATE station SET kid = $2, public_key = $3, wrap_key = $4 WHERE no = $1', [
    stationNo,
    kid,
    publicKey,
    wrapKey,
  ])
  await client.query(
    `INSERT INTO station_secret (station_no, k_station_sealed, made_at_ms) VALUES ($1, $2, $3)
     ON CONFLICT (station_no) DO UPDATE SET k_station_sealed = excluded.k_station_sealed,
       made_at_ms = excluded.made_at_ms`,
    [stationNo, box.seal(secret, secretPlace(stationNo)), at],
  )
  await client.query('UPDATE enrol_code SET used_at_ms = $2 WHERE station_no = $1', [stationNo, at])
  for (const table of ['station_token', 'session_nonce']) {
    await client.query(`DELETE FROM ${table} WHERE station_no = $1`, [stationNo])
  }
}
