import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { CodePlace } from '@baari/shared/domain/slots/code-place'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { Booking, BookingChange } from '../domain/booking/booking.ts'
import type { TermMark } from './leases.ts'

export type CellRange = {
  readonly station: StationNo
  readonly from: Instant
  /** Excluded. */
  readonly to: Instant
}

/** Capacity inside one database transaction. */
export type Cells = {
  /**
   * Locks the cells in ascending order until the transaction ends and tells what is free. Always
   * taken before a booking row, so that two sales never wait for each other in a circle.
   */
  lock(range: CellRange): Promise<readonly FreeCell[]>
  /** The term under which capacity may be sold now; asked after the cells are locked. */
  term(station: StationNo): Promise<TermMark | undefined>
  /** Takes all of the plan or nothing: one conditional UPDATE, false when any cell refused. */
  take(station: StationNo, plan: readonly FreeCell[]): Promise<boolean>
  /** Gives back exactly what the booking took; the second time there is nothing left to give. */
  giveBack(booking: BookingId): Promise<void>
}

/** Bookings inside one database transaction. */
export type BookingRows = {
  find(id: BookingId): Promise<Booking | undefined>
  /** Waits until no other transaction counts or makes holds of this driver. */
  countHolds(driver: string): Promise<number>
  usedCodes(station: StationNo, slots: readonly Omit<CodePlace, 'n'>[]): Promise<CodePlace[]>
  /** False when the vehicle has a live booking or the request was already served. */
  insert(booking: Booking, taken: readonly FreeCell[]): Promise<boolean>
  /** Compare-and-swap on (id, version); false when the row has moved on. */
  change(booking: Booking, change: BookingChange): Promise<boolean>
  /** Puts the token's revisions below `minRev` on the station's deny list. */
  deny(
    booking: Booking,
    denial: { readonly minRev: number; readonly reason: string },
  ): Promise<void>
}

export type SaleTx = { readonly cells: Cells; readonly bookings: BookingRows }

export type BookingCursor = { readonly before: BookingId | undefined; readonly limit: number }

/** Bookings in one state whose time has come. */
export type DueQuery = {
  readonly states: readonly BookingState[]
  readonly column: 'holdUntil' | 'expires' | 'windowStart'
  readonly before: Instant
  readonly limit: number
  /** Only those that still keep capacity. */
  readonly keepingCapacity?: boolean
}

/** The seller's books. */
export type SaleBook = {
  /** One transaction: commits what `work` returns as ok and rolls an error back. */
  transact<T>(work: (tx: SaleTx) => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>>
  find(id: BookingId): Promise<Booking | undefined>
  findByRequest(driver: string, requestKey: string): Promise<Booking | undefined>
  ofDriver(driver: string, cursor: BookingCursor): Promise<readonly Booking[]>
  freeCells(range: CellRange): Promise<readonly FreeCell[]>
  /** Whether the station lends capacity now: without a term in force no window is sold. */
  onSale(station: StationNo): Promise<boolean>
  due(query: DueQuery): Promise<readonly BookingId[]>
}
