import type { Pool } from 'pg'
import type { SaleRow, StationLedgers } from '../../../ports/station-ledgers.ts'

export function stationLedgers(pool: Pool): StationLedgers {
  return {
    ledger: (stationNo) => readLedger(pool, stationNo),
    async sales(stationNo, { limit, after }) {
      const { rows } = await pool.query<SaleSql>(
        `SELECT fill_id, booking_id, position_no, grams, amount_paise, flag, settled_at_ms
         FROM sale WHERE station_no = $1
           AND ($2::bigint IS NULL OR (settled_at_ms, fill_id) < ($2, $3::uuid))
         ORDER BY settled_at_ms DESC, fill_id DESC LIMIT $4`,
        [stationNo, after?.settledAtMs ?? null, after?.fill ?? null, limit],
      )
      return rows.map(saleOf)
    },
  }
}

type SaleSql = {
  readonly fill_id: string
  readonly booking_id: string | null
  readonly position_no: number
  readonly grams: string
  readonly amount_paise: string
  readonly flag: string
  readonly settled_at_ms: string
}

function saleOf(row: SaleSql): SaleRow {
  return {
    fill: row.fill_id,
    booking: row.booking_id,
    position: row.position_no,
    grams: Number(row.grams),
    amountPaise: Number(row.amount_paise),
    flag: row.flag,
    settledAtMs: Number(row.settled_at_ms),
  }
}

/** Sums are numeric in PostgreSQL and stay below 2^53 for centuries of one station's gas. */
const totals = `SELECT
  (SELECT count(*) FROM sale WHERE station_no = $1) AS fills,
  (SELECT coalesce(sum(grams), 0) FROM sale WHERE station_no = $1) AS grams,
  (SELECT coalesce(sum(amount_paise), 0) FROM sale WHERE station_no = $1) AS "amountPaise",
  (SELECT coalesce(sum(grams), 0) FROM orphan_gas WHERE station_no = $1) AS "orphanGrams",
  (SELECT count(*) FROM check_in WHERE station_no = $1 AND state <> 'released') AS "checkIns",
  (SELECT count(*) FROM failed_scan WHERE station_no = $1) AS "failedScans",
  (SELECT count(*) FROM walk_in_ticket WHERE station_no = $1 AND kind = 'walk-in') AS "walkIns",
  (SELECT count(*) FROM dead_letter WHERE station_no = $1 AND resolved_at_ms IS NULL)
    AS "deadLetters",
  (SELECT count(*) FROM exception WHERE station_no = $1 AND resolved_at_ms IS NULL) AS exceptions`

type TotalName =
  | 'fills'
  | 'grams'
  | 'amountPaise'
  | 'orphanGrams'
  | 'checkIns'
  | 'failedScans'
  | 'walkIns'
  | 'deadLetters'
  | 'exceptions'

async function readLedger(pool: Pool, stationNo: number) {
  const station = await pool.query<{ current_epoch: string | null }>(
    'SELECT current_epoch FROM station WHERE no = $1',
    [stationNo],
  )
  const epoch = station.rows[0]?.current_epoch
  if (epoch === undefined) return undefined
  const heads = await pool.query<{ stream: string; seq: string; chain: string }>(
    `SELECT stream, seq, chain FROM station_head WHERE station_no = $1 AND epoch = $2
     ORDER BY stream`,
    [stationNo, epoch],
  )
  const sums = await pool.query<Record<TotalName, string>>(totals, [stationNo])
  const row = sums.rows[0] as Record<TotalName, string>
  const counted = Object.fromEntries(
    Object.entries(row).map(([name, text]) => [name, Number(text)]),
  ) as Record<TotalName, number>
  const streams = heads.rows.map(({ stream, seq, chain }) => ({ stream, seq: Number(seq), chain }))
  return { station: stationNo, epoch, streams, ...counted }
}
