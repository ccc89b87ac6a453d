import type { StationOp, UnreadOp } from '../../domain/sync/station-op.ts'
import type { NamedRows } from '../../ports/station-streams.ts'
import type { Known } from '../../domain/sync/known.ts'

type Ops = readonly (StationOp | UnreadOp)[]

/** References whose entity must be known before the rest can be named. */
export function namedRefs(ops: Ops): readonly number[] {
  const refs = new Set<number>()
  for (const op of ops) {
    if (op.kind === 'unread') continue
    refs.add(op.kind === 'entity' ? op.body.ref : op.ref)
  }
  return [...refs]
}

/** Rows the ops speak of; entities introduced in the same batch count as known. */
export function namedRows(ops: Ops, entities: Known['entities']): NamedRows {
  const bookings = new Set<string>()
  const plates = new Set<string>()
  const fills = new Set<string>()
  const shifts = new Set<string>()
  const uuids = new Map([...entities].map(([ref, { uuid }]) => [ref, uuid]))
  for (const op of ops) {
    if (op.kind === 'unread') continue
    if (op.kind === 'entity') uuids.set(op.body.ref, op.body.uuid)
    if ('booking' in op.body && op.body.booking !== null) bookings.add(op.body.booking)
    if (op.kind === 'booking.made') plates.add(op.body.plate)
    if (op.kind === 'payment.collected') fills.add(op.body.fill)
    const named = uuids.get(op.ref)
    if (named !== undefined && op.kind === 'fill.settled') fills.add(named)
    if (named !== undefined && op.kind === 'shift.closed') shifts.add(named)
  }
  return {
    refs: namedRefs(ops),
    bookings: [...bookings],
    plates: [...plates],
    fills: [...fills],
    shifts: [...shifts],
  }
}
