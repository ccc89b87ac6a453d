import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import type { TicketId } from '../../units/names.ts'
import {
  vehicleOf,
  withVehicle,
  type DispatchState,
  type Moment,
  type RecentPick,
  type Vehicle,
} from './dispatch-state.ts'
import { afterPick } from './streak.ts'

/**
 * A wrong call, within 60 s and before the first gram: the vehicle is back in its place, and the
 * streaks are what they would be had only the other calls been made.
 */
export function undoCall(
  state: DispatchState,
  ticket: TicketId,
  { now, config }: Moment,
): Result<DispatchState, Refusal> {
  const vehicle = vehicleOf(state, ticket)
  if (vehicle === undefined) return err(refusal('ticket_unknown'))
  if (vehicle.place.kind === 'filling') return err(refusal('undo_after_gas'))
  if (vehicle.place.kind !== 'called' && vehicle.place.kind !== 'staged') {
    return err(refusal('ticket_not_waiting'))
  }
  const index = state.recent.findLastIndex((pick) => pick.ticket === ticket)
  const pick = state.recent[index]
  if (pick === undefined || now - pick.atMs > config.undoWithin) {
    return err(refusal('undo_too_late'))
  }
  return ok(withoutPick(state, { ...vehicle, place: pick.placeBefore }, index))
}

/** Replays the streaks of the later calls from where the undone one began. */
function withoutPick(state: DispatchState, vehicle: Vehicle, index: number): DispatchState {
  let streaks = state.recent[index]?.streaksBefore ?? state.streaks
  const later = state.recent.slice(index + 1).map((pick) => {
    const replayed: RecentPick = { ...pick, streaksBefore: streaks }
    streaks = afterPick(streaks, pick.effect)
    return replayed
  })
  return {
    ...withVehicle(state, vehicle.ticket, () => vehicle),
    streaks,
    picks: state.picks - 1,
    recent: [...state.recent.slice(0, index), ...later],
  }
}
