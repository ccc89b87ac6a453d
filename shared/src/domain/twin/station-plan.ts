import type { DispatchConfig } from '../dispatch/dispatch-config.ts'
import type { DispatchState, Position } from '../dispatch/dispatch-state.ts'
import type { Call } from '../dispatch/next-call.ts'
import { positionNo, type NozzleType, type PositionNo } from '../../units/names.ts'
import type { Instant, Millis } from '../../units/time.ts'
import type { Visit } from './visit.ts'

/** A position that takes no new vehicle for a time; its running fill is finished. */
export type Outage = { readonly position: PositionNo; readonly from: Instant; readonly to: Instant }

/** What one simulated station meets. */
export type StationPlan = {
  readonly positions: readonly Position[]
  /** In order of arrival. */
  readonly visits: readonly Visit[]
  readonly config: DispatchConfig
  /** False: nobody waits behind a running fill. */
  readonly staging: boolean
  readonly outages: readonly Outage[]
  /** Mean time at a position, for a station that announces its delay; absent for one that does not. */
  readonly delayFrom?: Millis
}

/** Who watches a run without changing it. */
export type Watch = {
  /** A call is about to be made; the state is the one it was decided on. */
  readonly called?: (before: DispatchState, call: Call) => void
  /** Asked every five minutes. */
  readonly fiveMinutes?: (state: DispatchState, now: Instant) => void
  /** One line of the event log. */
  readonly logged?: (line: string) => void
}

export type StationRun = {
  /** Start of each vehicle's fill in ms of simulated time, by its place in the plan. */
  readonly starts: Float64Array
  /** Time in which a position stood idle while a compatible vehicle had arrived and not started. */
  readonly idle: IdleTime
  /** Positions × time, from the first moment to the last. */
  readonly positionTime: Millis
  /** The station's delay offset each time it was raised. */
  readonly delays: readonly Raised[]
}

export type Raised = { readonly at: Instant; readonly delay: Millis }

/** Idle time with a compatible vehicle waiting: not yet called (never, by the rule), or staged. */
export type IdleTime = { readonly uncalled: Millis; readonly staged: Millis }

export function plainPositions(
  count: number,
  nozzles: readonly NozzleType[] = ['ngv1'],
): readonly Position[] {
  return Array.from({ length: count }, (_, i) => ({
    no: positionNo(i + 1),
    nozzles,
    service: 'open',
  }))
}
