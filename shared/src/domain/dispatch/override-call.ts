import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import type { PositionNo, TicketId } from '../../units/names.ts'
import type { Instant } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import { compatible, vehicleOf, type DispatchState } from './dispatch-state.ts'
import { freePositions, takeVehicle, type Call } from './next-call.ts'
import { queuesAt, standsInQueue } from './queue-order.ts'
import { explainOverride } from './rule.ts'

/** A manager's choice; PIN and reason code are checked and reported by the caller. */
export type Override = {
  readonly ticket: TicketId
  readonly position: PositionNo
  readonly now: Instant
  readonly config: DispatchConfig
}

/** Calls a vehicle out of order. It never changes a streak, so nobody else pays for it later. */
export function overrideCall(
  state: DispatchState,
  { ticket, position: no, now, config }: Override,
): Result<{ readonly state: DispatchState; readonly call: Call }, Refusal> {
  const vehicle = vehicleOf(state, ticket)
  if (vehicle === undefined) return err(refusal('ticket_unknown'))
  if (vehicle.place.kind !== 'waiting' && vehicle.place.kind !== 'aside') {
    return err(refusal('ticket_not_waiting'))
  }
  const position = state.positions.find((one) => one.no === no)
  if (position?.service !== 'open' || !compatible(vehicle, position)) {
    return err(refusal('position_unavailable', { position: no }))
  }
  if (!freePositions(state).includes(position)) return err(refusal('position_busy'))
  const kept = (one: typeof vehicle): boolean => standsInQueue(one, state.picks)
  const queues = queuesAt(state, { now, config, kept })
  const explanation = explainOverride(queues, { position, streaks: state.streaks, now, config })
  const next = takeVehicle(state, { vehicle, position: no, kind: 'called', effect: {}, now })
  return ok({ state: next, call: { ticket, position: no, kind: 'called', explanation } })
}
