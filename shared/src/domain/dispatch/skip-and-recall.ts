import type { TicketId } from '../../units/names.ts'
import type { Instant } from '../../units/time.ts'
import {
  forgetOld,
  withVehicle,
  type DispatchState,
  type Moment,
  type Vehicle,
} from './dispatch-state.ts'

/** What passing time did to vehicles that were called and did not come. */
export type Sweep = {
  readonly state: DispatchState
  /** Not at the position in time: the next vehicle is called. */
  readonly skipped: readonly TicketId[]
  /** Missing too long: the ticket is closed and its check-in released. */
  readonly closed: readonly TicketId[]
}

/** Skips calls nobody answered and closes tickets missing for half an hour. */
export function sweepMissed(state: DispatchState, moment: Moment): Sweep {
  const late = state.vehicles.filter((vehicle) => isOverdue(vehicle, moment))
  const afterSkips = late.reduce((next, vehicle) => setAside(next, vehicle, moment), state)
  const closed = afterSkips.vehicles.filter((vehicle) => isOver(vehicle, moment))
  const gone = new Set(closed.map(({ ticket }) => ticket))
  return {
    state:
      gone.size === 0
        ? afterSkips
        : {
            ...afterSkips,
            vehicles: afterSkips.vehicles.filter(({ ticket }) => !gone.has(ticket)),
          },
    skipped: late.map(({ ticket }) => ticket).filter((ticket) => !gone.has(ticket)),
    closed: [...gone],
  }
}

/**
 * A called vehicle has two minutes. A staged one waits for the position, so its time begins when
 * the position is free; only one that is recalled unseen must be seen by then already.
 */
function isOverdue(vehicle: Vehicle, { now, config }: Moment): boolean {
  const { place } = vehicle
  if (place.kind !== 'called' && place.kind !== 'staged') return false
  if (place.present || (place.kind === 'staged' && !isRecalledUnseen(vehicle))) return false
  return now - place.sinceMs > config.showUpWithin
}

/** Missed its call, and is to be called again: set aside, or recalled unseen. */
export function isMissing(vehicle: Vehicle): boolean {
  return vehicle.place.kind === 'aside' || isRecalledUnseen(vehicle)
}

/** Staged though it missed a call and nobody has seen it since. */
export function isRecalledUnseen({ place, misses }: Vehicle): boolean {
  if (place.kind !== 'staged' || misses === undefined) return false
  return !place.present && place.wasBack !== true
}

function isOver({ place, misses }: Vehicle, { now, config }: Moment): boolean {
  return place.kind === 'aside' && misses !== undefined && now - misses.firstMs > config.closeAfter
}

/**
 * A vehicle that missed its call: recalled after the next two starts, and when it misses that too,
 * let three others go first, again and again until it is closed.
 */
export function setAside(state: DispatchState, vehicle: Vehicle, moment: Moment): DispatchState {
  const { now, config } = moment
  const count = (vehicle.misses?.count ?? 0) + 1
  const wait = count === 1 ? config.recallAfterPicks : config.placesBack
  const aside = asideOf(vehicle, { untilPick: state.picks + wait, count, now })
  return forgetOld(
    withVehicle(state, vehicle.ticket, () => aside),
    moment,
  )
}

type Miss = { readonly untilPick: number; readonly count: number; readonly now: Instant }

/** The head of the line after an interrupted fill is given once, and a missed call was that once. */
function asideOf(
  { headOfLineMs: _, ...vehicle }: Vehicle,
  { untilPick, count, now }: Miss,
): Vehicle {
  return {
    ...vehicle,
    place: { kind: 'aside', untilPick, present: false },
    misses: { firstMs: vehicle.misses?.firstMs ?? now, count },
  }
}

/**
 * One that missed its call stands in the lane again. It takes part in the queue once its recall is
 * due, and keeps the place behind a fill if it was recalled to one meanwhile. At the position it still
 * has to be seen.
 */
export function backInLane(state: DispatchState, ticket: TicketId): DispatchState {
  return withVehicle(state, ticket, (vehicle) => {
    const { place } = vehicle
    if (place.kind === 'aside') return { ...vehicle, place: { ...place, present: true } }
    if (place.kind === 'staged') return { ...vehicle, place: { ...place, wasBack: true } }
    return vehicle
  })
}

/** Seen at the position, at the staging place, or back in the lane. */
export function markPresent(state: DispatchState, ticket: TicketId): DispatchState {
  return withVehicle(state, ticket, (vehicle) => {
    const { place } = vehicle
    if (place.kind === 'waiting' || place.kind === 'filling') return vehicle
    return { ...vehicle, place: { ...place, present: true } }
  })
}
