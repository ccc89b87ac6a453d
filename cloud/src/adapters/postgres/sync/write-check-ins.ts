import type { OpEffect } from '../../../domain/sync/op-effects.ts'
import type { Statement } from '../send-together.ts'
import type { Place } from './write-records.ts'

type UseRow = {
  readonly booking: string
  readonly use_no: number
  readonly state: string
  readonly lane: number | null
  readonly verdict: string | null
  readonly ticket: string | null
  readonly rev: number | null
  readonly fill: string | null
  readonly offline: boolean
  readonly forced: boolean
  readonly force_sent: boolean
  readonly seq: number
  readonly at_ms: number
}

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

/**
 * The record of a check-in op comes right before its use: what a claim tells (lane, verdict) stays
 * with the use when it is redeemed or released later in the batch.
 */
export function foldUses(effects: readonly OpEffect[]): readonly UseRow[] {
  const rows = new Map<string, UseRow>()
  let told: ClaimTold = nothingTold
  for (const effect of effects) {
    if (effect.kind === 'record') told = toldBy(effect)
    if (effect.kind !== 'use') continue
    const key = `${effect.booking}/${effect.useNo}`
    const before = rows.get(key)
    const claim = told.lane === null && before !== undefined ? before : told
    rows.set(key, {
      ...claim,
      seq: told.seq,
      booking: effect.booking,
      use_no: effect.useNo,
      state: effect.state,
      ticket: effect.ticket,
      fill: effect.fill,
      forced: effect.forced || (before?.forced ?? false),
    })
  }
  return [...rows.values()]
}

type ClaimTold = Pick<
  UseRow,
  'lane' | 'verdict' | 'rev' | 'offline' | 'force_sent' | 'seq' | 'at_ms'
>

const nothingTold: ClaimTold = {
  lane: null,
  verdict: null,
  rev: null,
  offline: false,
  force_sent: false,
  seq: 0,
  at_ms: 0,
}

function toldBy(effect: Extract<OpEffect, { kind: 'record' }>): ClaimTold {
  const { seq, atMs } = effect
  if (effect.fact !== 'checkin.claimed') return { ...nothingTold, seq, at_ms: atMs }
  const { lane, verdict, rev, offline, forced } = effect.body
  return { lane, verdict, rev, offline, force_sent: forced, seq, at_ms: atMs }
}
