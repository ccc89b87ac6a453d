import type { RecordEffect } from '../../../domain/sync/op-effects.ts'
import type { Statement } from '../send-together.ts'
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

/**
 * For each ticket what the whole batch left it at. One that the batch opened is written in that
 * state at once; the others are moved.
 */
export function writeTickets(
  { key }: Place,
  records: readonly RecordEffect[],
): readonly Statement[] {
  const moves = new Map(foldMoves(records).map((move) => [move.id, move]))
  const opened = openedTickets(records, moves)
  for (const { id } of opened) moves.delete(id)
  return [
    ...some('uplink tickets opened', openedSql, [key.stationNo, opened]),
    ...some('uplink tickets moved', movedSql, [key.stationNo, [...moves.values()]]),
  ]
}

function some(
  name: string,
  text: string,
  [stationNo, rows]: readonly [number, readonly object[]],
): readonly Statement[] {
  return rows.length === 0 ? [] : [{ name, text, values: [stationNo, JSON.stringify(rows)] }]
}

const moveColumns = `position int, "calledAtMs" bigint, moved boolean, undone int, skips int,
  "closedReason" text, "closedAtMs" bigint`

const movedSql = `UPDATE walk_in_ticket AS t SET
    position_no = CASE WHEN r.moved THEN r.position ELSE t.position_no END,
    called_at_ms = CASE WHEN r.moved THEN r."calledAtMs" ELSE t.called_at_ms END,
    undone_calls = t.undone_calls + r.undone,
    skips = t.skips + r.skips,
    closed_reason = coalesce(r."closedReason", t.closed_reason),
    closed_at_ms = coalesce(r."closedAtMs", t.closed_at_ms)
  FROM json_to_recordset($2::json) AS r (id uuid, ${moveColumns})
  WHERE t.ticket_id = r.id AND t.station_no = $1`

/** A ticket opened twice under one id keeps its first words; what moved it since still counts. */
const openedSql = `INSERT INTO walk_in_ticket AS t (ticket_id, station_no, kind, number,
    vehicle_class, nozzles, booking_id, arrived_at_ms, position_no, called_at_ms, undone_calls,
    skips, closed_reason, closed_at_ms)
  SELECT id, $1, kind, number, "vehicleClass", nozzles, booking, "arrivedAtMs", position,
    "calledAtMs", undone, skips, "closedReason", "closedAtMs"
  FROM json_to_recordset($2::json) AS r (id uuid, kind text, number int, "vehicleClass" text,
    nozzles text, booking uuid, "arrivedAtMs" bigint, ${moveColumns})
  ON CONFLICT (ticket_id) DO UPDATE SET
    position_no = coalesce(excluded.position_no, t.position_no),
    called_at_ms = coalesce(excluded.called_at_ms, t.called_at_ms),
    undone_calls = t.undone_calls + excluded.undone_calls,
    skips = t.skips + excluded.skips,
    closed_reason = coalesce(excluded.closed_reason, t.closed_reason),
    closed_at_ms = coalesce(excluded.closed_at_ms, t.closed_at_ms)
  WHERE t.station_no = $1`

type OpenedBody = Extract<RecordEffect, { fact: 'ticket.opened' }>['body']
type OpenedTicket = TicketMove & Omit<OpenedBody, 'nozzles'> & { readonly nozzles: string }

/** The first word about each ticket; the same id twice in one statement would be an error. */
function openedTickets(
  records: readonly RecordEffect[],
  moves: ReadonlyMap<string, TicketMove>,
): readonly OpenedTicket[] {
  const opened = new Map<string, OpenedTicket>()
  for (const effect of records) {
    if (effect.fact !== 'ticket.opened' || effect.entity === null) continue
    if (opened.has(effect.entity)) continue
    const { body, entity: id } = effect
    const move = moves.get(id) ?? { id, ...untouched }
    opened.set(id, { ...body, nozzles: body.nozzles.join(','), ...move })
  }
  return [...opened.values()]
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
