import type { DelayRaised } from '@baari/shared/domain/dispatch/delay-amendment'
import type { DayNumber, Instant } from '@baari/shared/units/time'

export type StationDelay = DelayRaised & {
  /** The last moment at which the station was seen to be late. */
  readonly lateUntil: Instant
}

export type Signature = { readonly kid: number; readonly sig: string }

/** What the station has told drivers about being late; a word once given is never taken back. */
export type StationDelays = {
  /** Every raise of these IST days, the lowest first. */
  of(days: readonly DayNumber[]): readonly StationDelay[]
  add(raised: StationDelay): void
  /** The station is still late at this moment, under what it raised last on that day. */
  stillLate(day: DayNumber, at: Instant): void
  /** Raises nobody has signed yet, oldest first, at most twenty. */
  unsigned(): readonly DelayRaised[]
  /** False when it is signed already, or gone. */
  sign(raised: DelayRaised, signature: Signature): boolean
  /** Days before this one are over for every token. */
  dropBefore(day: DayNumber): void
}

export type StationDelaySlot = { readonly delays: StationDelays }
