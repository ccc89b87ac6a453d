import { ledgerOps } from '@baari/shared/contracts/sync/ops'
import { digestSets } from '@baari/shared/domain/sync/digest-rows'
import type { Pool } from 'pg'
import type { StationDays, ToldDay } from '../../../app/sync/check-days.ts'
import type { StationDigests } from '../../../ports/station-digests.ts'
import { inTransaction } from '../pool.ts'

type DayRow = {
  readonly station_no: number
  readonly op_ref: string
  readonly told: unknown
  readonly at_ms: string
  readonly kid: number | null
  readonly public_key: string | null
}

export function stationDays(pool: Pool, digests: StationDigests): StationDays {
  return {
    async unchecked(limit) {
      const { rows } = await pool.query<DayRow>(
        `SELECT d.station_no, d.op_ref, d.told, d.at_ms, s.kid, s.public_key
         FROM station_day d JOIN station s ON s.no = d.station_no
         WHERE d.differences IS NULL ORDER BY d.at_ms LIMIT $1`,
        [limit],
      )
      return rows.map(toldDay)
    },
    async own(day) {
      const { stationNo, told, opRef } = day
      const roots = []
      for (const set of digestSets) {
        const span = { from: told.day, to: told.day, recount: false }
        const { days } = await digests.days({ stationNo, set, ...span })
        for (const { n, root } of days) roots.push({ set, n, root })
      }
      return {
        roots,
        ...(await soldOn(pool, day)),
        soldByPosition: await sold(pool, stationNo, opRef),
      }
    },
    save: (day, differences) => save(pool, day, differences),
  }
}

function toldDay({ station_no: stationNo, op_ref: opRef, ...row }: DayRow): ToldDay {
  const told = ledgerOps['day.closed'].parse(row.told)
  const publicKey = told.kid === row.kid ? row.public_key : null
  return { stationNo, opRef, told, atMs: Number(row.at_ms), publicKey }
}

async function soldOn(pool: Pool, { stationNo, told }: ToldDay) {
  const { rows } = await pool.query<{ fills: string; grams: string; amount: string }>(
    `SELECT count(*) AS fills, coalesce(sum(grams), 0) AS grams,
       coalesce(sum(amount_paise), 0) AS amount
     FROM sale WHERE station_no = $1
       AND fill_id BETWEEN digest_first_id($2) AND digest_last_id($2)`,
    [stationNo, told.day],
  )
  const row = rows[0]
  return {
    fills: Number(row?.fills ?? 0),
    grams: Number(row?.grams ?? 0),
    amountPaise: Number(row?.amount ?? 0),
  }
}

/** All sales of each position but those that were told after the closing op. */
async function sold(
  pool: Pool,
  stationNo: number,
  opRef: string,
): Promise<ReadonlyMap<number, number>> {
  const [epoch = '', , seq = '0'] = opRef.split('/')
  const { rows } = await pool.query<{ position: number; grams: string }>(
    `SELECT s.position_no AS position, sum(s.grams) AS grams FROM sale s
     WHERE s.station_no = $1 AND NOT EXISTS (
       SELECT 1 FROM station_entity e JOIN station_op o ON o.station_no = e.station_no
         AND o.epoch = e.epoch AND o.stream = e.stream AND o.entity_ref = e.ref
       WHERE e.station_no = $1 AND e.id = s.fill_id AND o.kind = 'fill.settled'
         AND o.epoch = $2 AND o.stream = 'ledger' AND o.seq > $3)
     GROUP BY s.position_no`,
    [stationNo, epoch, seq],
  )
  return new Map(rows.map(({ position, grams }) => [position, Number(grams)]))
}

async function save(
  pool: Pool,
  { stationNo, opRef, told, atMs }: ToldDay,
  differences: readonly string[],
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      'UPDATE station_day SET differences = $3 WHERE station_no = $1 AND op_ref = $2',
      [stationNo, opRef, differences],
    )
    if (differences.length === 0) return
    await client.query(
      `INSERT INTO exception (station_no, op_ref, kind, detail, at_ms)
       VALUES ($1, $2, 'day_differs', $3, $4) ON CONFLICT DO NOTHING`,
      [stationNo, opRef, `day ${told.day}: ${differences.join(', ')}`, atMs],
    )
  })
}
