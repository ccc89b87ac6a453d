import { ledgerOps } from '@baari/shared/contracts/sync/ops'
import type { Pool } from 'pg'
import type { StationDelays, ToldDelay } from '../../../app/sync/check-delays.ts'
import { inTransaction } from '../pool.ts'

type DelayRow = {
  readonly station_no: number
  readonly op_ref: string
  readonly day: number
  readonly delay_ms: string
  readonly from_ms: string
  readonly kid: number
  readonly sig: string
  readonly enrolled_kid: number | null
  readonly public_key: string | null
}

export function stationDelaysOf(pool: Pool): StationDelays {
  return {
    async unverified(limit) {
      const { rows } = await pool.query<DelayRow>(
        `SELECT d.*, s.kid AS enrolled_kid, s.public_key
         FROM station_delay d JOIN station s ON s.no = d.station_no
         WHERE d.verified IS NULL ORDER BY d.at_ms LIMIT $1`,
        [limit],
      )
      return rows.map(toldDelay)
    },
    save: (delay, verified) =>
      inTransaction(pool, async (client) => {
        const { stationNo, opRef, told } = delay
        await client.query(
          `UPDATE station_delay SET verified = $4
           WHERE station_no = $1 AND day = $2 AND delay_ms = $3`,
          [stationNo, told.day, told.delayMs, verified],
        )
        if (verified) return
        await client.query(
          `INSERT INTO exception (station_no, op_ref, kind, detail, at_ms)
           VALUES ($1, $2, 'delay_unsigned', $3, $4) ON CONFLICT DO NOTHING`,
          [stationNo, opRef, `day ${told.day}: ${told.delayMs} ms`, told.fromMs],
        )
      }),
  }
}

function toldDelay(row: DelayRow): ToldDelay {
  const { station_no: stationNo, op_ref: opRef, day, kid, sig } = row
  const [delayMs, fromMs] = [Number(row.delay_ms), Number(row.from_ms)]
  const told = ledgerOps['delay.raised'].parse({ day, delayMs, fromMs, kid, sig })
  return { stationNo, opRef, told, publicKey: kid === row.enrolled_kid ? row.public_key : null }
}
