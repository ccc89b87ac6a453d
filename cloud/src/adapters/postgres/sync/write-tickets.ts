import type { PoolClient } from 'pg'
import type { RecordEffect } from '../../../domain/sync/op-effects.ts'
import type { Place } from './write-records.ts'

type TicketMove = {
  readonly id: string
  readonly position: number | null
  readonly calledAtMs: number | null
  /** True when this batch called the ticket or took the call back. */
  readonly moved: boolean
  readonly undone: number
  readonly skips: number
  readonly closedReason: string | null
  readonly closedAtMs: number | null
}

const untouched = {
  position: null,
  calledAtMs: null,
  moved: false,
  undone: 0,
  skips: 0,
  closedReason: null,
  closedAtMs: null,
}

/** Opened tickets first, then for each ticket what the whole batch left it at. */
export async function writeTickets(
  client: PoolClient,
  place: Place,
  records: readonly RecordEffect[],
): Promise<void> {
  await insertOpened(client, place, records)
  const moves = foldMoves(records)
  if (moves.length === 0) return
  await client.query(
    `UPDATE walk_in_ticket AS t SET
       position_no = CASE WHEN r.moved THEN r.position ELSE t.position_no END,
       called_at_ms = CASE WHEN r.moved THEN r."calledAtMs" ELSE t.called_at_ms END,
       undone_calls = t.undone_calls + r.undone,
       skips = t.skips + r.skips,
       closed_reason = coalesce(r."closedReason", t.closed_reason),
       closed_at_ms = coalesce(r."closedAtMs", t.closed_at_ms)
     FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, position int, "calledAtMs" bigint,
       moved boolean, undone int, skips int, "closedReason" text, "closedAtMs" bigint)
     WHERE t.ticket_id = r.id AND t.station_no = $1`,
    [place.key.stationNo, JSON.stringify(moves)],
  )
}

async function insertOpened(
  client: PoolClient,
  { key }: Place,
  records: readonly RecordEffect[],
): Promise<void> {
  const opened = records.flatMap((effect) =>
    effect.fact === 'ticket.opened'
      ? [{ ...effect.body, nozzles: effect.body.nozzles.join(','), id: effect.entity }]
      : [],
  )
  if (opened.length === 0) return
  await client.query(
    `INSERT INTO walk_in_ticket (ticket_id, station_no, kind, number, vehicle_class, nozzles,
       booking_id, arrived_at_ms)
     SELECT id, $1, kind, number, "vehicleClass", nozzles, booking, "arrivedAtMs"
     FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, kind text, number int, "vehicleClass" text,
       nozzles text, booking uuid, "arrivedAtMs" bigint)
     ON CONFLICT (ticket_id) DO NOTHING`,
    [key.stationNo, JSON.stringify(opened)],
  )
}

export function foldMoves(records: readonly RecordEffect[]): readonly TicketMove[] {
  const moves = new Map<string, TicketMove>()
  for (const effect of records) {
    if (effect.entity === null) continue
    const before = moves.get(effect.entity) ?? { id: effect.entity, ...untouched }
    const next = moved(before, effect)
    if (next !== before) moves.set(effect.entity, next)
  }
  return [...moves.values()]
}

/** Every other kind is written elsewhere and moves no ticket. */
function moved(move: TicketMove, effect: RecordEffect): TicketMove {
  const { fact, body, atMs } = effect
  if (fact === 'ticket.called') {
    return { ...move, moved: true, position: body.position, calledAtMs: atMs }
  }
  const off = { ...move, moved: true, position: null, calledAtMs: null }
  if (fact === 'ticket.call_undone') return { ...off, undone: move.undone + 1 }
  if (fact === 'ticket.skipped') return { ...off, skips: move.skips + 1 }
  if (fact === 'ticket.closed') return { ...move, closedReason: body.reason, closedAtMs: atMs }
  return move
}
