import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import type { PositionNo, TicketId } from '../../units/names.ts'
import type { Instant } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import {
  compatible,
  occupancies,
  vehicleOf,
  withVehicle,
  type DispatchState,
  type Occupancy,
  type Position,
  type Vehicle,
} from './dispatch-state.ts'
import { takeVehicle, type Call } from './next-call.ts'
import { queuesAt, standsInQueue } from './queue-order.ts'
import { explainOverride } from './rule.ts'
import { undoCall } from './undo-call.ts'

/** A manager's choice; PIN and reason code are checked and reported by the caller. */
export type Override = {
  readonly ticket: TicketId
  readonly position: PositionNo
  readonly now: Instant
  readonly config: DispatchConfig
}

export type OverrideMade = {
  readonly state: DispatchState
  readonly call: Call
  /** Who had been called or staged there and was not yet seen: back in its place in the queue. */
  readonly displaced?: TicketId
}

/**
 * Calls a vehicle out of order, to the position or, while gas flows there, to the place behind the
 * fill. A vehicle that was called there and has not been seen goes back to where it stood; one that
 * stands there already keeps the position. It never changes a streak, so nobody else pays for it
 * later: the displaced vehicle's own call counts as if it had not been made.
 */
export function overrideCall(
  state: DispatchState,
  override: Override,
): Result<OverrideMade, Refusal> {
  const { ticket, position: no, now } = override
  const vehicle = vehicleOf(state, ticket)
  if (vehicle === undefined) return err(refusal('ticket_unknown'))
  if (vehicle.place.kind !== 'waiting' && vehicle.place.kind !== 'aside') {
    return err(refusal('ticket_not_waiting'))
  }
  const position = state.positions.find((one) => one.no === no)
  if (position?.service !== 'open' || !compatible(vehicle, position)) {
    return err(refusal('position_unavailable', { position: no }))
  }
  const room = roomAt(occupancies(state).get(no) ?? {})
  if (room === undefined) return err(refusal('position_busy'))
  const { kind, displaced } = room
  const free = displaced === undefined ? state : withdrawn(state, displaced, override)
  const explanation = explained(free, position, override)
  const next = takeVehicle(free, { vehicle, position: no, kind, effect: {}, now })
  const made = { state: next, call: { ticket, position: no, kind, explanation } }
  return ok(displaced === undefined ? made : { ...made, displaced: displaced.ticket })
}

type Room = { readonly kind: Call['kind']; readonly displaced?: Vehicle }

/** The place a manager may give away; undefined when somebody stands in it. */
function roomAt({ at, staged }: Occupancy): Room | undefined {
  const kind = at?.place.kind === 'filling' ? 'staged' : 'called'
  const there = kind === 'staged' ? staged : at
  if (there === undefined) return { kind }
  const { place } = there
  const seen = (place.kind === 'called' || place.kind === 'staged') && place.present
  return seen ? undefined : { kind, displaced: there }
}

/** As an undo does it; a call too old for one leaves the streaks as they are. */
function withdrawn(state: DispatchState, { ticket }: Vehicle, moment: Override): DispatchState {
  const undone = undoCall(state, ticket, moment)
  if (undone.ok) return undone.value
  return withVehicle(state, ticket, (one) => ({ ...one, place: { kind: 'waiting' } }))
}

/** The heads it goes past: the vehicle itself is none of them. */
function explained(state: DispatchState, position: Position, override: Override) {
  const { ticket, now, config } = override
  const kept = (one: Vehicle): boolean => one.ticket !== ticket && standsInQueue(one, state.picks)
  const queues = queuesAt(state, { now, config, kept })
  return explainOverride(queues, { position, streaks: state.streaks, now, config })
}
