import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { Capacity } from '@baari/shared/domain/lease/capacity'
import type { PastBooking } from '@baari/shared/domain/slots/fairness-limits'
import type { ShowCounts } from '@baari/shared/domain/slots/show-cohort'
import type { ShareCell } from '@baari/shared/domain/slots/rolling-share'
import type { CodePlace } from '@baari/shared/domain/slots/code-place'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import type { BookingId, NozzleType, StationNo, VehicleClass } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { PerMille } from '@baari/shared/units/work'
import type { Plate } from '@baari/shared/domain/plate/plate'
import type { Booking, BookingChange } from '../domain/booking/booking.ts'
import type { TermInForce } from './leases.ts'

export type CellRange = {
  readonly station: StationNo
  readonly from: Instant
  /** Excluded. */
  readonly to: Instant
}

/** What is free of a cell, and what the cloud was lent of it. */
export type LentCell = FreeCell & Pick<ShareCell, 'granted'>

export type CellLoads = {
  readonly start: Instant
  readonly granted: Capacity
  readonly sold: Capacity
}

/** The same with what open channels have sold of it. */
export type SaleCell = FreeCell & ShareCell

/** Minutes and gas of a window that an open offer keeps from other sales. */
export type KeptWindow = Capacity & { readonly windowStart: Instant }

/** Capacity inside one database transaction. */
export type Cells = {
  /**
   * Locks the cells in ascending order until the transaction ends and tells what is free. Always
   * taken before a booking row, so that two sales never wait for each other in a circle.
   */
  lock(range: CellRange): Promise<readonly LentCell[]>
  /** What winners of the lot have taken of each cell; asked after the cells are locked. */
  lotSold(range: CellRange): Promise<ReadonlyMap<Instant, Capacity>>
  /** What open channels have sold of each cell; asked after the cells are locked. */
  openSold(range: CellRange): Promise<ReadonlyMap<Instant, Capacity>>
  /** What open offers to others keep of the windows in the range, the oldest first. */
  keptForOffers(range: CellRange, except: BookingId): Promise<readonly KeptWindow[]>
  /** The term under which capacity may be sold now; asked after the cells are locked. */
  term(station: StationNo): Promise<TermInForce | undefined>
  /** Takes all of the plan or nothing: one conditional UPDATE, false when any cell refused. */
  take(station: StationNo, plan: readonly FreeCell[]): Promise<boolean>
  /** Gives back exactly what the booking took; the second time there is nothing left to give. */
  giveBack(booking: BookingId): Promise<void>
}

/** A booking whose vehicle is still expected, as the nozzles and the odds of a window see it. */
export type BookedNear = {
  readonly windowStart: Instant
  readonly vehicleClass: VehicleClass
  readonly nozzle: NozzleType
  /** Sold at the station's own kiosk: it takes nozzles, and none of the cloud's minutes. */
  readonly own: boolean
  readonly show: PerMille
}

/** What a sale reckoned with, kept to learn from how it ended. */
export type SaleOdds = { readonly cohort: string; readonly show: PerMille }

/** Bookings inside one database transaction. */
export type BookingRows = {
  find(id: BookingId): Promise<Booking | undefined>
  /** Waits until no other transaction counts or makes holds of this driver. */
  countHolds(driver: string): Promise<number>
  /**
   * Bookings of the vehicle, the phone and the payer since a moment, newest first; waits until no
   * other transaction asks for the same phone or payer.
   */
  past(of: {
    readonly plate: Plate
    readonly driver: string
    readonly payer?: string | undefined
    readonly since: Instant
  }): Promise<readonly PastBooking[]>
  usedCodes(station: StationNo, slots: readonly Omit<CodePlace, 'n'>[]): Promise<CodePlace[]>
  /** Those of the station whose window starts in the range and whose vehicle is still expected, but one. */
  near(range: CellRange, except: BookingId): Promise<readonly BookedNear[]>
  /** False when the vehicle has a live booking or the request was already served. */
  insert(booking: Booking, taken: readonly FreeCell[], odds?: SaleOdds): Promise<boolean>
  /** Who pays for it, under the number the payment service knows the payer by. */
  keepPayer(booking: BookingId, payer: string): Promise<void>
  /** It was won by lot and counts to the lot's share. */
  keepLot(booking: BookingId): Promise<void>
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
  freeCells(range: CellRange): Promise<readonly SaleCell[]>
  /** The term the station lends under now: without one in force no window is sold. */
  term(station: StationNo): Promise<TermInForce | undefined>
  due(query: DueQuery): Promise<readonly BookingId[]>
  /** How the vehicle's last booking ended; undefined before its first. */
  lastOutcome(plate: Plate): Promise<'came' | 'missed' | undefined>
  showCounts(station: StationNo, cohort: string): Promise<ShowCounts>
}
