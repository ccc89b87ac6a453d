import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Committed, OverCells } from '@baari/shared/domain/slots/retime'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { Booking } from '../domain/booking/booking.ts'
import type { RetimeAnswer, RetimeOffer } from '../domain/booking/retime.ts'
import type { CellLoads, CellRange, KeptWindow, SaleTx } from './sales.ts'

export type RetimeTx = SaleTx & {
  /** The offer that waits for this booking's answer, locked until the transaction ends. */
  openRetime(booking: BookingId): Promise<RetimeOffer | undefined>
  /** False when it was answered meanwhile. */
  answerRetime(offer: string, answer: RetimeAnswer | 'lapsed', now: Instant): Promise<boolean>
  /** Offers the booking has had, whatever came of them. */
  countRetimes(booking: BookingId): Promise<number>
  /** The offer and its message; false when the booking has an open one by now. */
  offer(offer: RetimeOffer, messageEnds: Instant): Promise<boolean>
  /** Writes down what a moved booking takes; what it took before was given back. */
  keepTaken(booking: Booking, plan: readonly FreeCell[]): Promise<void>
  /** Money of this booking that has to go back; once. */
  markRefund(booking: Booking, now: Instant): Promise<void>
}

/** A booking as the choice of whom to offer another window sees it. */
export type CommittedBooking = Committed & {
  readonly id: BookingId
  /** An offer waits for its driver's answer. */
  readonly open: boolean
  /** It was told about this window before. */
  readonly told: boolean
}

/** Cells of one station that have more sold than granted. */
export type OverStation = { readonly station: StationNo; readonly over: OverCells }

/** A booking nobody can serve as things are. */
export type ImpossibleBooking = {
  readonly id: BookingId
  readonly windowStart: Instant
  /** It was told about this window before. */
  readonly told: boolean
}

/** Offers of another window to those who have one. */
export type Retimes = {
  transact<T>(work: (tx: RetimeTx) => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>>
  /** Stations with oversold cells in the span, at most `limit`. */
  overCells(span: {
    readonly from: Instant
    readonly to: Instant
    readonly limit: number
  }): Promise<readonly OverStation[]>
  /**
   * Bookings of the span whose nozzle no position of their station has now that is not out, by what
   * the station told last; a station that never told of a position has none.
   */
  impossible(span: {
    readonly from: Instant
    readonly to: Instant
    readonly limit: number
  }): Promise<readonly ImpossibleBooking[]>
  /** Bookings of the range that hold capacity and may still come, the latest sale first. */
  committed(range: CellRange): Promise<readonly CommittedBooking[]>
  /** What is sold of each cell and what was granted, read without a lock. */
  loads(range: CellRange): Promise<readonly CellLoads[]>
  /** What open offers of both kinds keep in the range. */
  kept(range: CellRange): Promise<readonly KeptWindow[]>
  /** Offers that wait for an answer, oldest first. */
  open(limit: number): Promise<readonly RetimeOffer[]>
  /** Open ones of these bookings; for at most a page. */
  of(bookings: readonly BookingId[]): Promise<ReadonlyMap<BookingId, RetimeOffer>>
}
