import type { NozzleType, TicketId, VehicleClass } from '../../units/names.ts'
import { instant, type Instant, type Millis } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import type { DispatchState, Line, Vehicle } from './dispatch-state.ts'

/** When a vehicle was first known to be here; the earliest signal is its arrival. */
export type ArrivalSignals = {
  readonly scan?: Instant
  readonly handheld?: Instant
  readonly geofencedTap?: Instant
  readonly missedCallNearby?: Instant
}

export function arrivalOf(signals: ArrivalSignals): Instant | undefined {
  const { scan, handheld, geofencedTap, missedCallNearby } = signals
  const known = [scan, handheld, geofencedTap, missedCallNearby].filter((at) => at !== undefined)
  return known.length === 0 ? undefined : instant(Math.min(...known))
}

export type Standing = {
  readonly line: Line
  readonly walkInKey: Instant
  /** After s+30 the booking is over; the walk-in number keeps the credit. */
  readonly noShow: boolean
}

/** Where a vehicle stands that arrives at `arrival`, with or without a window (lanes.md 1 and 2). */
export function standingOf(
  arrival: Instant,
  windowStart: Instant | undefined,
  config: DispatchConfig,
): Standing {
  if (windowStart === undefined) return { line: 'walk-in', walkInKey: arrival, noShow: false }
  const lateness = arrival - windowStart
  if (lateness < -config.standbyBefore) {
    return { line: 'standby', walkInKey: arrival, noShow: false }
  }
  if (lateness <= config.lateAfter) return { line: 'booked', walkInKey: arrival, noShow: false }
  const walkInKey = instant(arrival - creditFor(lateness, config))
  return { line: 'walk-in', walkInKey, noShow: lateness > config.noShowAfter }
}

/**
 * Milliseconds a late booking is put forward in the walk-in queue: k × lateness with
 * k = 0.5 × (s+60 − arrival) / 50 min, half the lateness at s+10, nothing from s+60 on.
 */
export function creditFor(latenessMs: number, config: DispatchConfig): Millis {
  const left = Math.max(0, config.creditEndsAfter - latenessMs)
  const span = config.creditEndsAfter - config.lateAfter
  return Math.floor((latenessMs * left) / (2 * span)) as Millis
}

export type Arrived = {
  readonly ticket: TicketId
  readonly windowStart?: Instant
  readonly arrival: Instant
  readonly nozzles: readonly NozzleType[]
  readonly vehicleClass: VehicleClass
  readonly group?: string
}

/** Adds a vehicle to its queue. Who is already there stays where it is. */
export function joinQueue(
  state: DispatchState,
  arrived: Arrived,
  config: DispatchConfig,
): DispatchState {
  if (state.vehicles.some(({ ticket }) => ticket === arrived.ticket)) return state
  return joinAll(state, [arrived], config)
}

/** Adds vehicles that are not here yet, in the order given. */
export function joinAll(
  state: DispatchState,
  arrived: readonly Arrived[],
  config: DispatchConfig,
): DispatchState {
  const joined = arrived.map((one, n) => joining(one, state.nextSerial + n, config))
  return {
    ...state,
    vehicles: [...state.vehicles, ...joined],
    nextSerial: state.nextSerial + joined.length,
  }
}

function joining(arrived: Arrived, serial: number, config: DispatchConfig): Vehicle {
  const { line, walkInKey, noShow } = standingOf(arrived.arrival, arrived.windowStart, config)
  return {
    ...arrived,
    kind: arrived.windowStart === undefined || noShow ? 'walk-in' : 'booked',
    line,
    walkInKey,
    serial,
    place: { kind: 'waiting' },
    interruptions: 0,
  }
}

/**
 * The station runs late: every window still to come starts later by as much. Only ever forward. One
 * that has begun keeps its start, or a vehicle that waits for its turn would fall back behind
 * walk-ins because the station is late.
 */
export function delayWindows(state: DispatchState, by: Millis, now: Instant): DispatchState {
  const vehicles = state.vehicles.map((vehicle) =>
    vehicle.windowStart === undefined || vehicle.line === 'walk-in' || vehicle.windowStart <= now
      ? vehicle
      : { ...vehicle, windowStart: instant(vehicle.windowStart + Math.max(0, by)) },
  )
  return { ...state, vehicles }
}
