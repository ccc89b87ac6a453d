import type { PositionNo, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { CallCount } from '../domain/out-of-turn/rank-calls.ts'

export type OutOfTurnAsk = {
  readonly from: Instant
  /** Not counted itself. */
  readonly to: Instant
  /** All stations when it is null. */
  readonly station: StationNo | null
}

type Staff = { readonly id: string; readonly name: string }

/** A call as the station told it, names and last word of undo beside it; nothing masked yet. */
export type ToldCall = {
  readonly call: string
  readonly station: StationNo
  readonly atMs: Instant
  readonly position: PositionNo
  readonly staged: boolean
  readonly kind: string
  readonly label: string
  /** Last four of the plate. */
  readonly plateEnd: string | null
  readonly vehicleClass: string
  readonly reason: string
  readonly note: string | null
  readonly attendant: Staff
  readonly manager: Staff
  readonly passed: readonly {
    readonly queue: string
    readonly label: string
    readonly waitedMs: number
    readonly windowStartMs: Instant | null
  }[]
  readonly waitingBooked: number
  readonly waitingWalkIn: number
  readonly displaced: boolean
  readonly undoneAtMs: Instant | null
}

export type OutOfTurnBook = {
  /** Newest first, at most `limit`. */
  calls(ask: OutOfTurnAsk, limit: number): Promise<readonly ToldCall[]>
  /** Every attendant with such a call in that time. */
  counts(ask: OutOfTurnAsk): Promise<readonly CallCount[]>
}
