import { laneMode } from '@baari/shared/contracts/live/station-view'
import {
  classMinutesKey,
  gasKey,
  queueKey,
  ruleKey,
  waitKey,
} from '@baari/shared/contracts/sync/stream-ops'
import { vehicleClassField } from '@baari/shared/contracts/scalars'
import { boundedMinutes } from '@baari/shared/domain/slots/class-minutes'
import { istDay } from '@baari/shared/units/ist-calendar'
import { positionNo, stationNo } from '@baari/shared/units/names'
import { after, before, hours, instant, minutes, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { LiveDesk, LiveFacts } from '../../ports/live-desk.ts'

/** How far ahead the promise is looked at; and how long a vehicle may have stood in the line. */
const ahead = hours(2)
const longestLine = hours(12)
/** A window that began this long ago is over, whatever the station's delay. */
const oldestWindow = hours(2)
const stationsMax = 1_000
const alarmsRead = 100

const count = z.int().min(0)
const queueTold = z.object({ booked: count, walkIns: count, standby: count.default(0) })
const waitTold = z.object({ medianMin: count, p90Min: count })
const ruleTold = z.object({ limit: count, oldestWalkInMs: z.int().nullable() })
const gasTold = z.object({ bankMbar: z.int().nullable(), vehiclesPerHour: z.int().nullable() })
const positionTold = z.object({
  state: z.string(),
  fault: z.string().nullable().default(null),
  mode: laneMode.nullable().default(null),
})
const minutesTold = z.record(z.string(), z.unknown())
const positionName = /^position\/(\d{1,4})$/

/** The tables' own rows as JSON: a station with nothing booked has empty lists. */
const row = z.object({
  station: z.int(),
  name: z.string(),
  open: z.boolean(),
  heardAtMs: z.int().nullable(),
  unsentOps: z.int().nullable(),
  oldestUnsentMs: z.int().nullable(),
  states: z.record(z.string(), z.unknown()),
  delayMs: z.int(),
  cutUntilMs: z.int().nullable(),
  alarms: z.array(
    z.object({
      source: z.string(),
      code: z.string(),
      subject: z.string(),
      detail: z.string(),
      sinceMs: z.int().transform(instant),
    }),
  ),
  coming: z.array(
    z.object({
      start: z.int().transform(instant),
      vehicleClass: vehicleClassField,
      booked: z.int(),
    }),
  ),
  line: z.array(
    z.object({ arrived: z.int().transform(instant), start: z.int().transform(instant) }),
  ),
})

export function liveDeskOf(pool: Pool): LiveDesk {
  return {
    async stations(now) {
      const { rows } = await pool.query<{ live: unknown }>({
        name: 'live stations',
        text: liveSql,
        values: [
          [queueKey, waitKey, ruleKey, gasKey, classMinutesKey],
          istDay(now),
          now,
          before(now, oldestWindow),
          after(now, ahead),
          before(now, longestLine),
        ],
      })
      return rows.map(({ live }) => factsOf(row.parse(live), now))
    },
  }
}

/** What a station tells wrongly counts as not told. */
function factsOf(told: z.output<typeof row>, now: Instant): LiveFacts {
  const { states, station, delayMs, heardAtMs, oldestUnsentMs, cutUntilMs, ...rest } = told
  const at = (ms: number | null): Instant | null => (ms === null ? null : instant(ms))
  const rule = ruleTold.safeParse(states[ruleKey]).data
  return {
    ...rest,
    station: stationNo(station),
    heardAtMs: at(heardAtMs),
    oldestUnsentMs: at(oldestUnsentMs),
    cutUntilMs: cutUntilMs !== null && cutUntilMs > now ? instant(cutUntilMs) : null,
    delayMin: Math.round(delayMs / minutes(1)),
    positions: positionsOf(states),
    queue: queueTold.safeParse(states[queueKey]).data ?? null,
    wait: waitTold.safeParse(states[waitKey]).data ?? null,
    gas: gasTold.safeParse(states[gasKey]).data ?? null,
    limit: rule?.limit ?? null,
    oldestWalkInMs: at(rule?.oldestWalkInMs ?? null),
    classMinutes: boundedMinutes(minutesTold.safeParse(states[classMinutesKey]).data ?? {}),
  }
}

function positionsOf(states: Readonly<Record<string, unknown>>): LiveFacts['positions'] {
  return Object.entries(states)
    .flatMap(([key, value]) => {
      const no = positionName.exec(key)?.[1]
      const position = no === undefined ? undefined : positionTold.safeParse(value).data
      return position === undefined ? [] : [{ no: positionNo(Number(no)), ...position }]
    })
    .toSorted((a, b) => a.no - b.no)
}

/**
 * $1 keys of states, $2 today, $3 now, $4 and $5 windows from and to, $6 arrivals from. Of a
 * station with very many alarms those of safety come first, so that none of them is left out.
 */
const liveSql = `
SELECT json_build_object(
  'station', s.no, 'name', s.name, 'open', s.open,
  'heardAtMs', l.heard_at_ms, 'unsentOps', l.unsent_ops, 'oldestUnsentMs', l.oldest_unsent_ms,
  'states', coalesce((SELECT json_object_agg(key, value) FROM station_state
    WHERE station_no = s.no AND value IS NOT NULL
      AND (key = ANY ($1::text[]) OR key LIKE 'position/%')), '{}'),
  'delayMs', coalesce((SELECT max(delay_ms) FROM station_delay
    WHERE station_no = s.no AND day = $2 AND verified), 0),
  'cutUntilMs', (SELECT until_ms FROM supply_cut
    WHERE station_no = s.no AND ended_at_ms IS NULL AND until_ms > $3),
  'alarms', coalesce((SELECT json_agg(json_build_object('source', source, 'code', code,
      'subject', subject, 'detail', detail, 'sinceMs', since_ms)) FROM (
    SELECT * FROM station_alarm WHERE station_no = s.no AND raised
    ORDER BY source <> 'safety', since_ms LIMIT ${alarmsRead}) AS a), '[]'),
  'coming', coalesce((SELECT json_agg(json_build_object('start', window_start_ms,
      'vehicleClass', vehicle_class, 'booked', booked)) FROM (
    SELECT window_start_ms, vehicle_class, count(*) AS booked FROM booking
    WHERE station_no = s.no AND state IN ('active', 'confirmed')
      AND window_start_ms BETWEEN $4 AND $5 GROUP BY 1, 2) AS b), '[]'),
  'line', coalesce((SELECT json_agg(json_build_object('arrived', t.arrived_at_ms,
      'start', b.window_start_ms)) FROM walk_in_ticket t JOIN booking b ON b.id = t.booking_id
    WHERE t.station_no = s.no AND t.kind = 'booked' AND t.arrived_at_ms > $6
      AND t.called_at_ms IS NULL AND t.closed_at_ms IS NULL), '[]')) AS live
FROM station s LEFT JOIN station_link l ON l.station_no = s.no
ORDER BY s.no LIMIT ${stationsMax}`
