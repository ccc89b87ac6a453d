import { foldUses } from '../../../domain/sync/fold-uses.ts'
import type { OpEffect } from '../../../domain/sync/op-effects.ts'
import type { Statement } from '../send-together.ts'
import type { Place } from './write-records.ts'

/** For each use what the whole batch left it at: the highest sequence of the station stands. */
export function writeCheckIns(
  { key, recvAtMs }: Place,
  effects: readonly OpEffect[],
): readonly Statement[] {
  const rows = foldUses(effects)
  if (rows.length === 0) return []
  return [
    {
      name: 'uplink check-ins',
      text: checkInsSql,
      values: [key.stationNo, JSON.stringify(rows), recvAtMs],
    },
  ]
}

const checkInsSql = `INSERT INTO check_in AS c (station_no, booking_id, use_no, state, lane_no,
    verdict, ticket_id, rev, fill_id, offline, forced, force_sent, station_seq, at_ms, recv_at_ms)
  SELECT $1, booking, use_no, state, lane, verdict, ticket, rev, fill, offline, forced,
    force_sent, seq, at_ms, $3
  FROM json_to_recordset($2::json) AS r (booking uuid, use_no int, state text, lane int,
    verdict text, ticket uuid, rev int, fill uuid, offline boolean, forced boolean,
    force_sent boolean, seq bigint, at_ms bigint)
  ON CONFLICT (booking_id, use_no) DO UPDATE SET
    state = excluded.state,
    lane_no = coalesce(excluded.lane_no, c.lane_no),
    verdict = coalesce(excluded.verdict, c.verdict),
    ticket_id = coalesce(excluded.ticket_id, c.ticket_id),
    rev = coalesce(excluded.rev, c.rev),
    fill_id = excluded.fill_id,
    offline = c.offline OR excluded.offline,
    forced = c.forced OR excluded.forced,
    force_sent = c.force_sent OR excluded.force_sent,
    station_seq = excluded.station_seq,
    at_ms = CASE WHEN excluded.lane_no IS NULL THEN c.at_ms ELSE excluded.at_ms END,
    recv_at_ms = excluded.recv_at_ms
  WHERE c.station_no = excluded.station_no`
