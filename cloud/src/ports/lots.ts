import type { Grams } from '@baari/shared/units/mass'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import type { Plate } from '@baari/shared/domain/plate/plate'
import type { Instant } from '@baari/shared/units/time'

/** The lot of one peak hour of one station. */
export type LotKey = { readonly station: StationNo; readonly hour: Instant }

export type LotEntry = LotKey & {
  readonly id: string
  readonly windowStart: Instant
  readonly driver: string
  readonly vehicle: string
  readonly plate: Plate
  readonly grams: Grams
}

export type LotResult =
  | { readonly kind: 'won'; readonly booking: BookingId }
  | { readonly kind: 'lost' }
  /** A rule said no to the winner, such as a booking made meanwhile. */
  | { readonly kind: 'refused'; readonly code: string }

/** What everybody may see of a lot; the seed once it is drawn. */
export type LotShown = {
  readonly seedHash: string
  readonly seed: string | null
  readonly drawnAt: Instant | null
  readonly entries: readonly {
    readonly id: string
    readonly place: number | null
    readonly result: 'won' | 'lost' | 'refused' | null
  }[]
}

export type DueLot = LotKey & { readonly seed: string }

/** What came of one entry, and the message of it. */
export type Drawn = {
  /** From 1. */
  readonly place: number
  readonly result: LotResult
  readonly message: { readonly id: string; readonly expiresAt: Instant; readonly now: Instant }
}

export type Lots = {
  /** The lot's row with its secret seed, made at the first entry. */
  open(
    lot: LotKey & { readonly seed: string; readonly seedHash: string; readonly now: Instant },
  ): Promise<void>
  /** False when the vehicle has an entry for the day, or the phone has its number for the lot. */
  enter(entry: LotEntry, now: Instant): Promise<boolean>
  /** Lots whose draw is due and not finished. */
  due(hourBefore: Instant, limit: number): Promise<readonly DueLot[]>
  /** Every entry of a lot, those that have a result too, in no order. */
  entries(lot: LotKey): Promise<readonly (LotEntry & { readonly drawn: boolean })[]>
  /** Writes a result once, and with it the message that tells it; false when it was written before. */
  settle(entry: string, drawn: Drawn): Promise<boolean>
  finish(lot: LotKey, now: Instant): Promise<void>
  shown(lot: LotKey): Promise<LotShown | undefined>
}
