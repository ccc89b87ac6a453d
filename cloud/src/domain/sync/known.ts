import type { BookingFacts } from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'

export type UseState = 'claimed' | 'released' | 'redeemed'

export type KnownUse = {
  readonly state: UseState
  readonly ticket: string | null
  /** The fill that redeemed it. */
  readonly fill: string | null
}

export type KnownBooking = {
  readonly stationNo: number
  readonly state: BookingState
  readonly facts: BookingFacts
  readonly grams: number
  readonly maxUses: number
}

/** The rows a batch names, read once and kept up to date while its ops are decided in order. */
export type Known = {
  readonly stationNo: number
  /** Epochs are counted in the order they were opened. */
  readonly epochNo: number
  readonly entities: Map<number, { readonly type: string; readonly uuid: string }>
  readonly bookings: Map<string, KnownBooking>
  /** Key {@link useKey}. */
  readonly uses: Map<string, KnownUse>
  /** Settled fills: what each was sold for. */
  readonly sales: Map<string, { readonly amountPaise: number }>
  readonly paidFills: Set<string>
  /** Plates of vehicles that have a live booking, of those the batch names. */
  readonly livePlates: Set<string>
  /** Fence of the station's newest lease term; 0 while it has none. */
  readonly leaseFence: number
  readonly shifts: Map<string, 'open' | 'closed'>
}

export function useKey(booking: string, useNo: number): string {
  return `${booking}/${useNo}`
}

/** The use a fill redeemed; the booking's first where the redeem never arrived. */
export function useOfFill(known: Known, booking: string, fill: string): number {
  const prefix = `${booking}/`
  for (const [key, use] of known.uses) {
    if (use.fill === fill && key.startsWith(prefix)) return Number(key.slice(prefix.length))
  }
  return 1
}
