import { randomUUID } from 'node:crypto'
import { openTerm } from '@baari/shared/domain/lease/station-requests'
import type { Clock } from '@baari/shared/runtime/clock'
import { grams, noGrams } from '@baari/shared/units/mass'
import { stationNo } from '@baari/shared/units/names'
import type { Pool } from 'pg'
import { leasesOf } from '../../src/adapters/postgres/leases.ts'
import { receiveLease } from '../../src/app/lease/receive-lease.ts'

export type Grant = {
  readonly station: number
  readonly positions: number
  readonly clock: Clock
  readonly compressorGramsPerHour?: number
}

/**
 * What a station without history of its own would grant: a new term over the whole horizon, taken
 * by the cloud the way its route takes it. What is sold already stays sold.
 */
export async function grantLease(pool: Pool, grant: Grant): Promise<void> {
  const { station, positions, clock } = grant
  const { rows } = await pool.query<{ fence: string | null; generation: number }>(
    `SELECT generation, (SELECT max(fence) FROM lease_term WHERE station_no = no) AS fence
     FROM station WHERE no = $1`,
    [station],
  )
  const { request } = openTerm({
    cells: [],
    context: {
      facts: {
        positionsNow: positions,
        positionsPlanned: positions,
        storedGrams: noGrams,
        compressorGramsPerHour: grams(grant.compressorGramsPerHour ?? 10_000_000),
      },
      forecast: null,
      now: clock.now(),
      termId: randomUUID(),
    },
    fence: Number(rows[0]?.fence ?? 0) + 1,
    closed: false,
  })
  const session = { station: stationNo(station), generation: rows[0]?.generation ?? 0 }
  const taken = await receiveLease({ leases: leasesOf(pool), clock }, session, request)
  if (!taken.ok) throw new Error(`the grant was refused: ${taken.error.error}`)
}
