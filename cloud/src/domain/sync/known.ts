import type { BookingState } from './booking-merge.ts'

export type UseState = 'claimed' | 'released' | 'redeemed'

/** A fact the station told about a booking, under the key of what it speaks of (`use:1`). */
export type BookingFacts = ReadonlyMap<string, BookingState>

export type KnownBooking = {
  readonly stationNo: number
  /** State now: the merge of `own` and `facts`. */
  readonly state: BookingState
  /** What the cloud decided by itself before the first fact came. */
  readonly own: BookingState
  readonly facts: BookingFacts
  readonly grams: number
  readonly maxUses: number
  /** True when another booking of this plate is live, which the one-booking rule allows once. */
  readonly plateTaken: boolean
}

/** The rows a batch names, read once and kept up to date while its ops are decided in order. */
export type Known = {
  readonly stationNo: number
  readonly entities: Map<number, { readonly type: string; readonly uuid: string }>
  readonly bookings: Map<string, KnownBooking>
  /** Key {@link useKey}. */
  readonly uses: Map<string, { readonly state: UseState; readonly ticket: string | null }>
  /** Settled fills: what each was sold for. */
  readonly sales: Map<string, { readonly amountPaise: number }>
  readonly paidFills: Set<string>
  readonly shifts: Map<string, 'open' | 'closed'>
}

export function useKey(booking: string, useNo: number): string {
  return `${booking}/${useNo}`
}
