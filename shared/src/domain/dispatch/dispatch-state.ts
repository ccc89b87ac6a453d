import type { NozzleType, PositionNo, TicketId, VehicleClass } from '../../units/names.ts'
import type { Instant } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import { noStreaks, type StreakEffect, type Streaks } from './streak.ts'

/**
 * Which queue a vehicle stands in. *Standby* is a booked vehicle that came before s−20: it holds a
 * walk-in number and joins the booked queue at s−5.
 */
export type Line = 'booked' | 'standby' | 'walk-in'

export type Place =
  | { readonly kind: 'waiting' }
  /** Missed its call: out of the queue until so many picks were made, or until it is seen again. */
  | { readonly kind: 'aside'; readonly untilPick: number; readonly present: boolean }
  /** Called to a free position, or staged behind a running fill. */
  | {
      readonly kind: 'called' | 'staged'
      readonly position: PositionNo
      readonly sinceMs: Instant
      readonly present: boolean
      /** Recalled after it was seen back in the lane: trusted to come, as at a first call. */
      readonly wasBack?: true
    }
  | { readonly kind: 'filling'; readonly position: PositionNo }

/** One vehicle in the station's one logical queue. Plain JSON: the node stores it as it is. */
export type Vehicle = {
  readonly ticket: TicketId
  readonly kind: 'booked' | 'walk-in'
  readonly line: Line
  /** Window start *s*, the station's delay included. */
  readonly windowStart?: Instant
  readonly arrival: Instant
  /** Key in the walk-in queue: the arrival, less the credit of a late booking. */
  readonly walkInKey: Instant
  /** Running number of arrival; decides between equal keys. */
  readonly serial: number
  /** Nozzle types the vehicle can be filled from. */
  readonly nozzles: readonly NozzleType[]
  readonly vehicleClass: VehicleClass
  /** Fleet group whose token may stand for any of its vehicles. */
  readonly group?: string
  readonly place: Place
  /** Since when it is at the head of the line after an interrupted fill. */
  readonly headOfLineMs?: Instant
  /** Interrupted fills so far; only the first puts it at the head of the line. */
  readonly interruptions: number
  readonly misses?: { readonly firstMs: Instant; readonly count: number }
}

/** A place where one vehicle is filled. What stands there is told by the vehicles alone. */
export type Position = {
  readonly no: PositionNo
  readonly nozzles: readonly NozzleType[]
  readonly service: 'open' | 'closed' | 'fault'
  /** Expected end of the running fill; absent when it is not known. */
  readonly freesAtMs?: Instant
}

/** What an undo needs to know of a pick. */
export type RecentPick = {
  readonly ticket: TicketId
  readonly position: PositionNo
  readonly atMs: Instant
  readonly placeBefore: Place
  readonly streaksBefore: Streaks
  readonly effect: StreakEffect
}

/** Kept even when nothing starts for long; an older call can then no longer be undone. */
export const maxRecentPicks = 64

export type DispatchState = {
  readonly positions: readonly Position[]
  readonly vehicles: readonly Vehicle[]
  readonly streaks: Streaks
  /** Calls made so far; skips and recalls count by it. */
  readonly picks: number
  readonly nextSerial: number
  /** Calls young enough to be undone, oldest first. */
  readonly recent: readonly RecentPick[]
}

export function newDispatchState(positions: readonly Position[]): DispatchState {
  return { positions, vehicles: [], streaks: noStreaks, picks: 0, nextSerial: 1, recent: [] }
}

/** Compatibility filters and never ranks: one common nozzle type is enough. */
export function compatible(
  a: { readonly nozzles: readonly NozzleType[] },
  b: { readonly nozzles: readonly NozzleType[] },
): boolean {
  return a.nozzles.some((nozzle) => b.nozzles.includes(nozzle))
}

export function vehicleOf(state: DispatchState, ticket: TicketId): Vehicle | undefined {
  return state.vehicles.find((vehicle) => vehicle.ticket === ticket)
}

/** Who stands at a position and who is staged behind it. */
export type Occupancy = { readonly at?: Vehicle; readonly staged?: Vehicle }

/** One pass over the vehicles. */
export function occupancies(state: DispatchState): ReadonlyMap<PositionNo, Occupancy> {
  const found = new Map<PositionNo, { at?: Vehicle; staged?: Vehicle }>()
  for (const vehicle of state.vehicles) {
    const { place } = vehicle
    if (place.kind === 'waiting' || place.kind === 'aside') continue
    let there = found.get(place.position)
    if (there === undefined) found.set(place.position, (there = {}))
    if (place.kind === 'staged') there.staged = vehicle
    else there.at = vehicle
  }
  return found
}

/** The state with one vehicle replaced, or removed when `change` returns undefined. */
export function withVehicle(
  state: DispatchState,
  ticket: TicketId,
  change: (vehicle: Vehicle) => Vehicle | undefined,
): DispatchState {
  const index = state.vehicles.findIndex((vehicle) => vehicle.ticket === ticket)
  const vehicle = state.vehicles[index]
  if (vehicle === undefined) return state
  const vehicles = state.vehicles.slice()
  const next = change(vehicle)
  if (next === undefined) vehicles.splice(index, 1)
  else vehicles[index] = next
  return { ...state, vehicles }
}

export function withPosition(
  state: DispatchState,
  no: PositionNo,
  change: (position: Position) => Position,
): DispatchState {
  const positions = state.positions.map((one) => (one.no === no ? change(one) : one))
  return { ...state, positions }
}

/** When things happen and under which numbers. */
export type Moment = { readonly now: Instant; readonly config: DispatchConfig }

/** Drops calls that can no longer be undone. */
export function forgetOld(state: DispatchState, { now, config }: Moment): DispatchState {
  const recent = state.recent.filter(({ atMs }) => now - atMs <= config.undoWithin)
  return recent.length === state.recent.length ? state : { ...state, recent }
}
