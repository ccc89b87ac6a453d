import type { CloudCell, HeldTerm } from '@baari/shared/domain/lease/cloud-lease'
import type { Need } from '@baari/shared/domain/slots/taking-plan'
import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { PerMille } from '@baari/shared/units/work'

/** What a sale is made under; a booking carries both for ever. */
export type TermMark = { readonly term: string; readonly fence: number }

/** A term the cloud may sell under now, with its share of what may be promised. */
export type TermInForce = TermMark & { readonly cloudShare: PerMille }

/** One station's lease inside a transaction that holds the station's row. */
export type LeaseTx = {
  /** Generation of the session that speaks for the station. */
  readonly generation: number
  /** The newest term, with the answer to its last request. */
  readonly held: HeldTerm | undefined
  /** Locks the cells in ascending order, as sales do: those named, or all from `from` on. */
  cells(which: readonly Instant[] | { readonly from: Instant }): Promise<readonly CloudCell[]>
  save(after: {
    readonly held: HeldTerm
    readonly cells: readonly CloudCell[]
    /** Asks that are answered. */
    readonly asks: readonly string[]
    readonly now: Instant
  }): Promise<void>
}

/** Terms and cells the stations have lent. Requests of one station run one at a time. */
export type Leases = {
  /** Commits what `work` changed when it resolves; undefined when there is no such station. */
  transact<T>(station: StationNo, work: (tx: LeaseTx) => Promise<T>): Promise<T | undefined>
}

export type WindowAsk = {
  readonly station: StationNo
  readonly windowStart: Instant
  readonly need: Need
  readonly now: Instant
}

/** What the cloud would like to have more of; the station reads it through its shape. */
export type LeaseAsks = {
  /** One row per window until a grant has answered it: many drivers may be short of the same. */
  put(ask: WindowAsk): Promise<void>
}
