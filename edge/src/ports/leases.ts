import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import type { Capacity } from '@baari/shared/domain/lease/capacity'
import type { StationCell } from '@baari/shared/domain/lease/station-cells'
import type { LeaseBook, StationLease } from '@baari/shared/domain/lease/station-lease'
import type { LeaseAsk } from '@baari/shared/domain/lease/station-requests'
import type { CodePlace } from '@baari/shared/domain/slots/code-place'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import type { BookingId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** The lease as the ledger holds it. */
export type StoredLease = LeaseBook & {
  /** Epoch of the ledger when the term was opened; null before there was one. */
  readonly epoch: string | null
}

export type LeaseSave = {
  readonly epoch: string
  readonly lease: StationLease
  readonly cells: readonly StationCell[]
  /** What the station may sell of a cell. */
  readonly granted: (cell: StationCell) => Capacity
  readonly now: Instant
}

export type OwnSale = { readonly row: BookingRow; readonly place: CodePlace }

/** A booking whose claim of capacity the station does not accept. */
export type RefusedClaim = {
  readonly booking: BookingId
  readonly fence: number
  readonly currentFence: number
}

/** Capacity of this station and what was sold of it here. */
export type LeaseStore = {
  read(): StoredLease
  /** Writes the term and the cells that changed; cells that are over are dropped. */
  save(save: LeaseSave): void
  /**
   * Takes all of the plan, cell by cell in ascending order by conditional updates; false when a
   * cell refused, and the caller then rolls back by refusing.
   */
  take(plan: readonly FreeCell[]): boolean
  /** Asks of the cloud, soonest window first, at most 100. */
  asks(): readonly LeaseAsk[]
  usedCodes(places: readonly CodePlace[]): readonly CodePlace[]
  /** The sale's own row, beside the booking row that the cloud will send back. */
  addOwn(sale: OwnSale): void
  /** Sold here and not over at `now`: newest first, at most 50. */
  own(now: Instant): readonly BookingRow[]
  /**
   * Bookings of the cloud that came now, were sold under a fence below the current one after the
   * current term was acknowledged, and are not on the list yet; they are from here on.
   */
  takeRefusedClaims(now: Instant, limit: number): readonly RefusedClaim[]
}

export type LeaseSlot = { readonly leases: LeaseStore }
