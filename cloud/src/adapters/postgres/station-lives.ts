import { gasKey, queueKey, waitKey } from '@baari/shared/contracts/sync/stream-ops'
import type { StationLive } from '@baari/shared/contracts/http/cloud-api'
import { expectedFillPercent } from '@baari/shared/domain/slots/expected-fill'
import { istDay } from '@baari/shared/units/ist-calendar'
import { stationNo, type StationNo } from '@baari/shared/units/names'
import { instant, minutes, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { StationLives } from '../../ports/station-lives.ts'

type Row = {
  readonly station_no: number
  readonly heard_at_ms: string | null
  readonly states: Readonly<Record<string, unknown>>
  readonly delay_ms: string
  readonly until_ms: string | null
}

/** A station tells what changed within ten seconds and is heard every half minute. */
const staleAfter = minutes(5)

const waitTold = z.object({ medianMin: z.int().min(0), p90Min: z.int().min(0) })
const lineTold = z.object({ booked: z.int().min(0), walkIns: z.int().min(0) })
const gasTold = z.object({ bankMbar: z.int().nullable() })
const positionTold = z.object({ state: z.string() })
const out: ReadonlySet<string> = new Set(['closed', 'fault', 'offline'])

/** Read together, as one list asks for all stations. */
const livesSql = `
SELECT s.no AS station_no, l.heard_at_ms,
  coalesce((SELECT jsonb_object_agg(key, value) FROM station_state
    WHERE station_no = s.no AND (key = ANY ($1::text[]) OR key LIKE 'position/%')), '{}') AS states,
  coalesce((SELECT max(delay_ms) FROM station_delay
    WHERE station_no = s.no AND day = $2 AND verified), 0) AS delay_ms,
  (SELECT until_ms FROM supply_cut
    WHERE station_no = s.no AND ended_at_ms IS NULL AND until_ms > $3) AS until_ms
FROM station s LEFT JOIN station_link l ON l.station_no = s.no
WHERE $4::int[] IS NULL OR s.no = ANY ($4::int[])`

export function stationLivesOf(pool: Pool): StationLives {
  async function read(now: Instant, only: readonly StationNo[] | null) {
    const { rows } = await pool.query<Row>({
      name: 'station lives',
      text: livesSql,
      values: [[waitKey, queueKey, gasKey], istDay(now), now, only],
    })
    return new Map(rows.map((row) => [stationNo(row.station_no), liveOf(row, now)]))
  }

  return {
    all: (now) => read(now, null),
    of: async (stations, now) => (stations.length === 0 ? new Map() : read(now, stations)),
  }
}

function liveOf({ heard_at_ms, states, delay_ms, until_ms }: Row, now: Instant): StationLive {
  const heard = heard_at_ms === null ? null : instant(Number(heard_at_ms))
  const bank = gasTold.safeParse(states[gasKey]).data?.bankMbar ?? null
  return {
    wait: waitTold.safeParse(states[waitKey]).data ?? null,
    asOfMs: heard,
    stale: heard === null || now - heard > staleAfter,
    line: lineTold.safeParse(states[queueKey]).data ?? null,
    positions: positionsOf(states),
    fillPercent: bank === null ? null : expectedFillPercent(bank),
    delayMin: Math.round(Number(delay_ms) / minutes(1)),
    cutUntilMs: until_ms === null ? null : instant(Number(until_ms)),
  }
}

function positionsOf(states: Row['states']): StationLive['positions'] {
  const told = Object.entries(states).flatMap(([key, value]) => {
    const position = key.startsWith('position/') ? positionTold.safeParse(value).data : undefined
    return position === undefined ? [] : [position.state]
  })
  if (told.length === 0) return null
  return { working: told.filter((state) => !out.has(state)).length, all: told.length }
}
