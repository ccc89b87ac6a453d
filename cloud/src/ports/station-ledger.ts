import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** What the uplink has applied for a station, to compare with the node's own totals. */
export type LedgerTotals = {
  readonly fills: number
  readonly grams: number
  readonly amountPaise: number
  readonly orphanGrams: number
  readonly checkIns: number
  readonly failedScans: number
  readonly walkIns: number
  readonly exceptions: number
}

export type StreamTotals = {
  readonly epoch: string | null
  readonly streams: readonly {
    readonly stream: string
    readonly seq: number
    readonly chain: string
  }[]
  readonly deadLetters: number
}

export type SettledSale = {
  readonly fill: string
  readonly booking: string | null
  readonly position: number
  readonly grams: number
  readonly amountPaise: number
  readonly flag: string
  readonly settledAt: Instant
}

export type SaleCursor = {
  readonly before: { readonly settledAt: Instant; readonly fill: string } | undefined
  readonly limit: number
}

/** Reads what stations reported. */
export type StationLedgers = {
  totals(station: StationNo): Promise<LedgerTotals>
  /** Newest first. */
  sales(station: StationNo, cursor: SaleCursor): Promise<readonly SettledSale[]>
  /** Sales of each booking, oldest first; for at most a page of bookings. */
  salesOf(bookings: readonly BookingId[]): Promise<ReadonlyMap<string, readonly SettledSale[]>>
}

/** Heads of a station's streams: the sync side's answer. */
export type StreamHeads = { of(station: StationNo): Promise<StreamTotals> }
