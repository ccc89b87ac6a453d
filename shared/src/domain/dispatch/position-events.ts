import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import type { PositionNo, TicketId } from '../../units/names.ts'
import type { Instant } from '../../units/time.ts'
import {
  forgetOld,
  occupancies,
  vehicleOf,
  withPosition,
  withVehicle,
  type DispatchState,
  type Moment,
  type Place,
  type Position,
  type Vehicle,
} from './dispatch-state.ts'
import { isRecalledUnseen, setAside } from './skip-and-recall.ts'

/**
 * The called vehicle's fill began. Calls older than an undo can reach are forgotten here, because
 * every further call to a position needs a start, a miss or a fault first.
 */
export function startFill(
  state: DispatchState,
  ticket: TicketId,
  { now, config, freesAtMs }: Moment & { readonly freesAtMs?: Instant },
): Result<DispatchState, Refusal> {
  const vehicle = vehicleOf(state, ticket)
  if (vehicle === undefined) return err(refusal('ticket_unknown'))
  const { place } = vehicle
  if (place.kind !== 'called') return err(refusal('ticket_not_waiting'))
  const started = withVehicle(state, ticket, (one) => fillingAt(one, place.position))
  return ok(expectEnd(forgetOld(started, { now, config }), place.position, freesAtMs))
}

/** Misses and the head of the line are over with the start. */
function fillingAt(vehicle: Vehicle, position: PositionNo): Vehicle {
  const place: Place = { kind: 'filling', position }
  if (vehicle.misses === undefined && vehicle.headOfLineMs === undefined) {
    return { ...vehicle, place }
  }
  const { misses: _misses, headOfLineMs: _head, ...rest } = vehicle
  return { ...rest, place }
}

/** A new estimate of when the running fill ends; undefined when it cannot be told. */
export function expectEnd(
  state: DispatchState,
  no: PositionNo,
  freesAtMs: Instant | undefined,
): DispatchState {
  if (state.positions.find((one) => one.no === no)?.freesAtMs === freesAtMs) return state
  return withPosition(state, no, (position) => {
    if (freesAtMs !== undefined) return { ...position, freesAtMs }
    const { freesAtMs: _, ...unknown } = position
    return unknown
  })
}

/** The fill is over: the vehicle leaves, and who was staged behind it is called. */
export function endFill(state: DispatchState, no: PositionNo, moment: Moment): DispatchState {
  const vehicle = occupancies(state).get(no)?.at
  if (vehicle?.place.kind !== 'filling') return state
  const gone = withVehicle(state, vehicle.ticket, () => undefined)
  return promoteStaged(expectEnd(gone, no, undefined), no, moment)
}

/** A fault ended the fill early: once, the vehicle goes on at the head of the line. */
export function interruptFill(state: DispatchState, no: PositionNo, moment: Moment): DispatchState {
  const vehicle = occupancies(state).get(no)?.at
  if (vehicle?.place.kind !== 'filling') return state
  const waiting: Vehicle = {
    ...vehicle,
    place: { kind: 'waiting' },
    interruptions: vehicle.interruptions + 1,
    ...(vehicle.interruptions === 0 ? { headOfLineMs: moment.now } : {}),
  }
  const back = withVehicle(state, vehicle.ticket, () => waiting)
  return promoteStaged(expectEnd(back, no, undefined), no, moment)
}

/**
 * A position opens, closes or faults. Out of service, those called to it or staged behind it go
 * back to their places in the queue; a running fill is ended by its own event.
 */
export function setService(
  state: DispatchState,
  no: PositionNo,
  service: Position['service'],
): DispatchState {
  const changed = withPosition(state, no, (position) => ({ ...position, service }))
  if (service === 'open') return changed
  const vehicles = changed.vehicles.map((vehicle): Vehicle => {
    const { place } = vehicle
    const here = (place.kind === 'called' || place.kind === 'staged') && place.position === no
    return here ? { ...vehicle, place: { kind: 'waiting' } } : vehicle
  })
  return { ...changed, vehicles }
}

/** The driver gives up. Whoever is filling leaves by the end of the fill instead. */
export function leaveQueue(state: DispatchState, ticket: TicketId): Result<DispatchState, Refusal> {
  const vehicle = vehicleOf(state, ticket)
  if (vehicle === undefined) return err(refusal('ticket_unknown'))
  if (vehicle.place.kind === 'filling') return err(refusal('ticket_not_waiting'))
  return ok(withVehicle(state, ticket, () => undefined))
}

/** A recalled vehicle nobody has seen does not keep the position; anybody else is now called. */
function promoteStaged(state: DispatchState, no: PositionNo, moment: Moment): DispatchState {
  const staged = occupancies(state).get(no)?.staged
  if (staged === undefined || staged.place.kind !== 'staged') return state
  if (isRecalledUnseen(staged)) return setAside(state, staged, moment)
  const { present } = staged.place
  const called: Vehicle = {
    ...staged,
    place: { kind: 'called', position: no, sinceMs: moment.now, present },
  }
  return withVehicle(state, staged.ticket, () => called)
}
