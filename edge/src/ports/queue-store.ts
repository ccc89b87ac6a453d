import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { IdlePosition } from '@baari/shared/domain/dispatch/idle-watch'
import type { LaneAdvice } from '@baari/shared/domain/dispatch/lane-mode'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import type { PositionNo, TicketId, VehicleClass } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** A call as it was made, with the rule's own record of why (lanes.md section 1, Explanation). */
export type CallRecord = {
  readonly ticket: TicketId
  readonly position: PositionNo
  readonly staged: boolean
  readonly at: Instant
  readonly reason: CallReason
  /** The whole explanation of the rule as JSON: heads, ages, configuration version. */
  readonly explanation: string
  readonly undoneAt: Instant | null
}

/** Honest wait of a walk-in of one class that came at `at`. */
export type WaitQuoteRow = {
  readonly vehicleClass: VehicleClass
  readonly medianMs: number
  readonly p90Ms: number
  readonly at: Instant
}

/** A vehicle that came later and was called first, or that a manager called out of turn. */
export type Overtaker = {
  readonly kind: 'booked' | 'walk-in'
  readonly number: number | null
  readonly plate: string | null
  readonly id: TicketId
  readonly windowStart: Instant | null
  readonly arrivedAt: Instant
  readonly position: PositionNo
  readonly calledAt: Instant
  readonly reason: CallReason
}

/** What is remembered from one look at the queue to the next. */
export type QueueWatch = {
  /** Positions that stand idle while somebody waits. */
  readonly idle: readonly IdlePosition[]
  /** What the lane signs say. */
  readonly lanes: LaneAdvice
}

export type QueueStore = {
  /** The dispatch rule's state, which nobody may change in place; undefined before the first vehicle. */
  state(): DispatchState | undefined
  saveState(state: DispatchState): void
  /** Nobody idle and no advice before the first look. */
  watch(): QueueWatch
  saveWatch(watch: QueueWatch): void
  quotes(): readonly WaitQuoteRow[]
  saveQuote(quote: WaitQuoteRow): void
  addCall(call: CallRecord): void
  /** The newest call of a ticket that was not undone. */
  callOf(ticket: TicketId): CallRecord | undefined
  /**
   * Who stands called since `arrivedAt` and arrived after it or went out of turn, newest call first;
   * at most 200.
   */
  overtakersSince(arrivedAt: Instant): readonly Overtaker[]
  markUndone(ticket: TicketId, at: Instant): void
}
