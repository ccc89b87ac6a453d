import { leaseCells, wireCells } from '@baari/shared/contracts/sync/lease'
import { overOf, type CloudCell, type HeldTerm } from '@baari/shared/domain/lease/cloud-lease'
import type { Capacity } from '@baari/shared/domain/lease/capacity'
import { inForce } from '@baari/shared/domain/lease/term'
import { grams } from '@baari/shared/units/mass'
import type { StationNo } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import { milliMinutes, perMille } from '@baari/shared/units/work'
import { sql } from 'drizzle-orm'
import type { Pool, PoolClient } from 'pg'
import type { LeaseAsks, Leases, LeaseTx, TermInForce } from '../../ports/leases.ts'
import type { Database } from './database.ts'
import { inTransaction } from './pool.ts'

/** Terms of all stations in PostgreSQL. */
export function leasesOf(pool: Pool): Leases {
  return {
    transact: (station, work) =>
      inTransaction(pool, async (client) => {
        const tx = await leaseTxOf(client, station)
        return tx && work(tx)
      }),
  }
}

async function leaseTxOf(client: PoolClient, station: StationNo): Promise<LeaseTx | undefined> {
  const { rows } = await client.query<{ generation: number }>(
    'SELECT generation FROM station WHERE no = $1 FOR NO KEY UPDATE',
    [station],
  )
  const [row] = rows
  if (row === undefined) return undefined
  return {
    generation: row.generation,
    held: await heldTerm(client, station),
    cells: (which) => lockCells(client, station, which),
    async save({ held, cells, asks, now }) {
      await saveTerm(client, station, { held, now })
      await saveCells(client, station, cells)
      if (asks.length === 0) return
      await client.query('DELETE FROM lease_ask WHERE station_no = $1 AND id = ANY ($2::text[])', [
        station,
        asks,
      ])
    },
  }
}

type TermRow = {
  readonly id: string
  readonly fence: string
  readonly from_ms: string
  readonly to_ms: string
  readonly cloud_share: number
  readonly valid_until_ms: string
  readonly request_no: string
  readonly answer: unknown
}

async function heldTerm(client: PoolClient, station: StationNo): Promise<HeldTerm | undefined> {
  const { rows } = await client.query<TermRow>(
    'SELECT * FROM lease_term WHERE station_no = $1 ORDER BY fence DESC LIMIT 1',
    [station],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const no = Number(row.request_no)
  return {
    term: {
      id: row.id,
      fence: Number(row.fence),
      from: instant(Number(row.from_ms)),
      to: instant(Number(row.to_ms)),
      cloudShare: perMille(row.cloud_share),
      validUntil: instant(Number(row.valid_until_ms)),
    },
    no,
    answer: { no, held: leaseCells.parse(row.answer) },
  }
}

type CellRow = {
  readonly start: string
  readonly granted_work: string
  readonly granted_gas: string
  readonly sold_work: string
  readonly sold_gas: string
}

async function lockCells(
  client: PoolClient,
  station: StationNo,
  which: readonly Instant[] | { readonly from: Instant },
): Promise<readonly CloudCell[]> {
  const all = 'from' in which
  const { rows } = await client.query<CellRow>(
    `SELECT cell_start_ms AS start, granted_milli_minutes AS granted_work,
       granted_grams AS granted_gas, sold_milli_minutes AS sold_work, sold_grams AS sold_gas
     FROM slot_cell WHERE station_no = $1
       AND ${all ? 'cell_start_ms >= $2' : 'cell_start_ms = ANY ($2::bigint[])'}
     ORDER BY cell_start_ms FOR NO KEY UPDATE`,
    [station, all ? which.from : which],
  )
  const capacity = (work: string, gas: string): Capacity => ({
    work: milliMinutes(Number(work)),
    gas: grams(Number(gas)),
  })
  return rows.map((row) => ({
    start: instant(Number(row.start)),
    granted: capacity(row.granted_work, row.granted_gas),
    sold: capacity(row.sold_work, row.sold_gas),
  }))
}

type Kept = { readonly held: HeldTerm; readonly now: Instant }

async function saveTerm(
  client: PoolClient,
  station: StationNo,
  { held: { term, no, answer }, now }: Kept,
): Promise<void> {
  await client.query(
    `INSERT INTO lease_term (station_no, id, fence, from_ms, to_ms, cloud_share, valid_until_ms,
       request_no, answer, db_epoch, updated_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, ${currentDbEpoch}, $10)
     ON CONFLICT (station_no, id) DO UPDATE SET from_ms = excluded.from_ms,
       to_ms = excluded.to_ms, cloud_share = excluded.cloud_share,
       valid_until_ms = excluded.valid_until_ms, request_no = excluded.request_no,
       answer = excluded.answer, db_epoch = excluded.db_epoch,
       updated_at_ms = excluded.updated_at_ms`,
    [
      station,
      term.id,
      term.fence,
      term.from,
      term.to,
      term.cloudShare,
      term.validUntil,
      no,
      JSON.stringify(wireCells(answer.held)),
      now,
    ],
  )
}

/** A database that was not numbered yet becomes 1: its first numbering is no restore. */
const currentDbEpoch = '(SELECT coalesce(max(epoch), 1) FROM db_epoch)'

/** Sold is not ours to write: the locks hold it still, and a shrink shows as over. */
async function saveCells(
  client: PoolClient,
  station: StationNo,
  cells: readonly CloudCell[],
): Promise<void> {
  if (cells.length === 0) return
  const over = cells.map(overOf)
  await client.query(
    `INSERT INTO slot_cell AS cell (station_no, cell_start_ms, granted_milli_minutes,
       granted_grams, over_milli_minutes, over_grams)
     SELECT $1::int, start, work, gas, over_work, over_gas
     FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
       AS new (start, work, gas, over_work, over_gas)
     ORDER BY start
     ON CONFLICT (station_no, cell_start_ms) DO UPDATE
     SET granted_milli_minutes = excluded.granted_milli_minutes,
         granted_grams = excluded.granted_grams,
         over_milli_minutes = greatest(0, cell.sold_milli_minutes - excluded.granted_milli_minutes),
         over_grams = greatest(0, cell.sold_grams - excluded.granted_grams)`,
    [
      station,
      cells.map(({ start }) => start),
      cells.map(({ granted }) => granted.work),
      cells.map(({ granted }) => granted.gas),
      over.map(({ work }) => work),
      over.map(({ gas }) => gas),
    ],
  )
}

/**
 * The term under which the cloud may sell now. Read after the cells are locked: a request that ends
 * the term waits for the same locks, so the sale stands wholly before it or wholly after.
 */
export async function termInForce(
  db: Database,
  station: StationNo,
  now: Instant,
): Promise<TermInForce | undefined> {
  const { rows } = await db.execute<{
    id: string
    fence: string
    until: string
    share: number
  }>(sql`
    SELECT id, fence, valid_until_ms AS until, cloud_share AS share FROM (
      SELECT * FROM lease_term WHERE station_no = ${station} ORDER BY fence DESC LIMIT 1
    ) AS newest WHERE db_epoch = ${sql.raw(currentDbEpoch)}`)
  const [row] = rows
  if (row === undefined) return undefined
  if (!inForce({ validUntil: instant(Number(row.until)) }, now)) return undefined
  return { term: row.id, fence: Number(row.fence), cloudShare: perMille(row.share) }
}

export function leaseAsksOf(db: Database): LeaseAsks {
  return {
    async put({ station, windowStart, need, now }) {
      await db.execute(sql`
        INSERT INTO lease_ask
          (id, station_no, window_start_ms, milli_minutes, grams, asked_at_ms)
        VALUES (${`${station}/${windowStart}`}, ${station}, ${windowStart}, ${need.work},
          ${need.gas}, ${now})
        ON CONFLICT (id) DO NOTHING`)
    },
  }
}
