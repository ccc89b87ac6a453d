import { positionNo, stationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { OutOfTurnAsk, OutOfTurnBook } from '../../ports/out-of-turn.ts'

const moment = z.int().transform(instant)
const staff = z.object({ id: z.string(), name: z.string() })

/** A row as the database puts it together. */
const toldCall = z.object({
  call: z.string(),
  station: z.int().transform(stationNo),
  atMs: moment,
  position: z.int().transform(positionNo),
  staged: z.boolean(),
  kind: z.string(),
  label: z.string(),
  plateEnd: z.string().nullable(),
  vehicleClass: z.string(),
  reason: z.string(),
  note: z.string().nullable(),
  attendant: staff,
  manager: staff,
  passed: z.array(
    z.object({
      queue: z.string(),
      label: z.string(),
      waitedMs: z.int(),
      windowStartMs: moment.nullable(),
    }),
  ),
  waitingBooked: z.int(),
  waitingWalkIn: z.int(),
  displaced: z.boolean(),
  undoneAtMs: moment.nullable(),
})

const count = z.object({
  station: z.int().transform(stationNo),
  stationName: z.string(),
  attendant: z.string(),
  attendantName: z.string(),
  calls: z.int(),
  undone: z.int(),
})

type Row = { readonly told: unknown }

/** What stations told of calls out of turn. */
export function outOfTurnBookOf(pool: Pool): OutOfTurnBook {
  const values = ({ from, to, station }: OutOfTurnAsk) => [from, to, station]
  return {
    async calls(ask, limit) {
      const { rows } = await pool.query<Row>(callsSql, [...values(ask), limit])
      return rows.map(({ told }) => toldCall.parse(told))
    },
    async counts(ask) {
      const { rows } = await pool.query<Row>(countsSql, values(ask))
      return rows.map(({ told }) => count.parse(told))
    },
  }
}

/** $1 and $2 from and to, $3 the station or null. */
const asked = `FROM out_of_turn_call c
  LEFT JOIN out_of_turn_undo u ON u.station_no = c.station_no AND u.call_id = c.call_id
  LEFT JOIN attendant a ON a.id = c.by_attendant
  LEFT JOIN attendant m ON m.id = c.by_manager
  JOIN station s ON s.no = c.station_no
  WHERE c.at_ms >= $1 AND c.at_ms < $2 AND ($3::int IS NULL OR c.station_no = $3)`

const callsSql = `SELECT json_build_object(
    'call', c.call_id, 'station', c.station_no, 'atMs', c.at_ms, 'position', c.position_no,
    'staged', c.staged, 'kind', c.kind, 'label', c.label, 'plateEnd', c.plate_end,
    'vehicleClass', c.vehicle_class, 'reason', c.reason, 'note', c.note,
    'attendant', json_build_object('id', c.by_attendant, 'name', coalesce(a.name, '')),
    'manager', json_build_object('id', c.by_manager, 'name', coalesce(m.name, '')),
    'passed', c.passed, 'waitingBooked', c.waiting_booked, 'waitingWalkIn', c.waiting_walk_in,
    'displaced', c.displaced_ticket IS NOT NULL, 'undoneAtMs', u.at_ms) AS told
  ${asked} ORDER BY c.at_ms DESC, c.call_id LIMIT $4`

const countsSql = `SELECT json_build_object(
    'station', c.station_no, 'stationName', s.name, 'attendant', c.by_attendant,
    'attendantName', coalesce(max(a.name), ''), 'calls', count(*), 'undone', count(u.call_id)) AS told
  ${asked} GROUP BY c.station_no, s.name, c.by_attendant`
