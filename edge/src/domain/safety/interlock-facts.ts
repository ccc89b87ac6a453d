import { seconds, type DayNumber, type Millis } from '@baari/shared/units/time'
import type { Quality, SafetyReadings } from './safety-readings.ts'

/** The attendant's *ready* counts for this long; after it the vehicle may have moved. */
export const readyLife = seconds(60)

/** Everything hardware.md section 10.1 asks for, as plain facts of one moment. */
export type AuthoriseFacts = {
  readonly safety: SafetyReadings
  /** An all-stop that no attendant has reset yet. */
  readonly tripLatched: boolean
  readonly attendantSignedIn: boolean
  /** Age of the attendant's *ready* at this position; null when it was never given or is spent. */
  readonly readyAgeMs: Millis | null
  readonly ticketCalledHere: boolean
  /** Null for a walk-in, whose called ticket is enough. */
  readonly useClaimedByTicket: boolean | null
  readonly plateRecorded: boolean
  readonly retestDay: DayNumber | null
  readonly today: DayNumber
  readonly dispenser: { readonly atRest: boolean; readonly quality: Quality }
  readonly openFill: boolean
  /** A step of the totaliser that nobody has explained (D02). */
  readonly meterFrozen: boolean
  /** `station.control`, the device's own flag, commissioning done, totals of a refusable type. */
  readonly configurationVerified: boolean
  readonly diskReserveFree: boolean
}

/** Everything by which the station is told to stand still. */
export type TripFacts = {
  readonly readings: SafetyReadings
  /** More flow than a cylinder takes while the bank's pressure falls (X06). */
  readonly hoseTorn: boolean
  /** The station file's `safety.on_stale`: whether a lost detector stops running fills too. */
  readonly stopOnLostDetector: boolean
}

/**
 * What makes every dispenser stop. `gas-lost` is a detector that is configured and not readable,
 * `hose` a torn one (X06).
 */
export type TripCause = 'esd' | 'gas' | 'gas-lost' | 'hose'

/** What must hold to authorise. */
export type Condition =
  | 'trip-reset'
  | 'esd'
  | 'gas'
  | 'bank-pressure'
  | 'attendant'
  | 'ready'
  | 'ticket'
  | 'token-use'
  | 'vehicle-record'
  | 'cylinder'
  | 'dispenser'
  | 'open-fill'
  | 'meter'
  | 'configuration'
  | 'disk-reserve'

/** Every row of the table; `preset` and `ledger` can only be lost while gas flows. */
export type Interlock = Condition | TripCause | 'preset' | 'ledger'
