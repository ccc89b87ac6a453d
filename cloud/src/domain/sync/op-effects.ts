import type { BookingFacts } from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { OpBodies, OpKind } from './station-op.ts'
import type { UseState } from './known.ts'

/** Why an op was not simply applied; stable, shown on the operator's conflict list. */
export type OpCode =
  | 'kind_unknown'
  | 'body_unreadable'
  | 'entity_unknown'
  | 'entity_changed'
  | 'booking_unknown'
  | 'booking_elsewhere'
  | 'served_after_cancel'
  | 'uses_exceeded'
  | 'use_unknown'
  | 'use_redeemed'
  | 'token_in_use'
  | 'scan_incomplete'
  | 'fill_repeated'
  | 'fill_unknown'
  | 'amount_differs'
  | 'totaliser_differs'
  | 'meter_reset'
  | 'fill_disputed'
  | 'orphan_gas'
  | 'paid_twice'
  | 'shift_unknown'
  | 'shift_closed_twice'
  | 'clock_uncertain'
  | 'digest_differs'
  | 'old_fence'
  | 'vehicle_has_booking'
  | 'sql_error'

type FactKind = Exclude<
  OpKind,
  'entity' | 'booking.no_show' | 'booking.cancel_acked' | 'lease.claim_refused'
>

/** A body that becomes one row, under the entity's id and the op's own place. */
export type RecordEffect = {
  [K in FactKind]: {
    readonly kind: 'record'
    readonly fact: K
    readonly seq: number
    readonly atMs: number
    /** Id of the entity the op names; null where the kind's row needs none. */
    readonly entity: string | null
    readonly body: OpBodies[K]
  }
}[FactKind]

/** What the transaction writes beside the ops themselves. */
export type OpEffect =
  | RecordEffect
  | { readonly kind: 'entity'; readonly ref: number; readonly type: string; readonly uuid: string }
  | {
      readonly kind: 'use'
      readonly booking: string
      readonly useNo: number
      readonly state: UseState
      readonly ticket: string | null
      readonly fill: string | null
      /** Force was sent and needed; sent without need it says nothing (Q4, Q5). */
      readonly forced: boolean
    }
  | {
      readonly kind: 'booking'
      readonly booking: string
      /** The whole set after this op. */
      readonly facts: BookingFacts
      readonly state: BookingState
    }
  /** Nobody came, says the station, and nothing excuses it (product.md 7.7). */
  | { readonly kind: 'strike'; readonly booking: string; readonly atMs: number }
  /** The station has the cancel: capacity and money may be let go after the commit. */
  | { readonly kind: 'cancel-acked'; readonly booking: string }
  | {
      readonly kind: 'exception'
      readonly code: OpCode
      readonly seq: number
      readonly atMs: number
      readonly booking: string | null
      readonly fill: string | null
      readonly detail: string
    }

export type OpVerdict = 'applied' | 'flagged' | 'rejected' | 'deferred'

/** One op's outcome. `code` is null exactly when the op was applied. */
export type OpOutcome = {
  readonly seq: number
  readonly verdict: OpVerdict
  readonly code: OpCode | null
  readonly effects: readonly OpEffect[]
}
