import type { DelayRaised } from '@baari/shared/domain/dispatch/delay-amendment'
import type { Grams } from '@baari/shared/units/mass'
import type {
  BookingId,
  LaneNo,
  NozzleType,
  StationNo,
  VehicleClass,
} from '@baari/shared/units/names'
import type { DayNumber, Instant, Millis } from '@baari/shared/units/time'
import type { FillOfVehicle, UseLimits } from './fill-limits.ts'
import type { UseState } from './use-states.ts'

/** One use of the booking as the ledger knows it. */
export type UseFacts = {
  readonly useNo: number
  readonly state: UseState
  readonly lane: LaneNo
  readonly at: Instant
  /** Ended by a fault or below half of the expected gas: the token lives for the rest. */
  readonly partFilled: boolean
  /** A vehicle with this use stands in the queue now. */
  readonly inQueue: boolean
}

export type VehicleFacts = { readonly plate: string | null; readonly vehicleClass: VehicleClass }

export type PromptFacts = {
  readonly text: string
  readonly required: boolean
  readonly at: 'check-in' | 'fill'
  /** Null asks every class. */
  readonly classes: readonly VehicleClass[] | null
  readonly answered: boolean
}

/** What the station knows of a booking when its token, code or plate is read. */
export type BookingFacts = {
  readonly id: BookingId
  /** `alone`: known by signature or code only, no row followed from the cloud. */
  readonly known: 'row' | 'alone'
  readonly station: StationNo
  readonly state: BookingStanding
  readonly rev: number
  readonly windowStart: Instant
  readonly expires: Instant
  readonly vehicleClass: VehicleClass
  /** More than one for a fleet token. */
  readonly vehicles: readonly VehicleFacts[]
  readonly nozzle: NozzleType
  readonly grams: Grams | null
  readonly driverName: string | null
  readonly maxUses: number
  readonly maxEntries: number | null
  readonly lanes: readonly LaneNo[] | null
  readonly blockedReason: string | null
  readonly underReview: boolean
  readonly prompt: PromptFacts | null
  readonly note: string | null
  /** Date of the token or the booking, and what the station itself wrote down. */
  readonly retestDay: DayNumber | null
  readonly record: { readonly retestDay: DayNumber; readonly corrected: boolean } | null
  /** The deny list's entry: tokens below `minRev` no longer count. */
  readonly denied: { readonly minRev: number; readonly reason: string } | null
  readonly uses: readonly UseFacts[]
  readonly fills: readonly FillOfVehicle[]
}

/**
 * Booking states as far as the lane tells them apart: `open-payment` is a prepaid booking whose
 * payment still runs, `over` is cancelled or expired, `consumed` was filled as the cloud knows.
 */
export type BookingStanding = 'valid' | 'open-payment' | 'over' | 'consumed'

export type LaneFacts = {
  readonly no: LaneNo
  readonly direction: 'entry' | 'exit'
  readonly accepts: readonly VehicleClass[]
}

/** Rules of this station, out of its settings. */
export type LanePolicy = {
  readonly serves: readonly StationNo[]
  readonly lanes: readonly LaneFacts[]
  readonly bookedLanes: readonly LaneNo[] | null
  readonly earlyGraceMs: Millis
  readonly payAtPump: boolean
  readonly matchGroupVehicle: boolean
  readonly limits: UseLimits
  readonly zone: string
}

/** What was read, with what the ledger knows about it. */
export type ReadingFacts =
  | {
      readonly kind: 'token'
      readonly audience: StationNo
      readonly rev: number
      readonly booking: BookingFacts
    }
  | {
      readonly kind: 'code'
      /** A synced or already provisional booking with this code. */
      readonly booking: BookingFacts | null
      /** The place an unsynced code's tag proves; null when the tag is wrong. */
      readonly place: BookingFacts | null
      readonly wrongTagsOnLane: number
      readonly wrongTagsToday: number
      readonly managerUnlocked: boolean
    }
  | {
      readonly kind: 'medium'
      readonly active: boolean
      readonly bookings: readonly BookingFacts[]
    }
  | { readonly kind: 'foreign'; readonly station: StationNo }
  | { readonly kind: 'forged' }
  | { readonly kind: 'unreadable' }

export type ScanFacts = {
  readonly reading: ReadingFacts
  readonly lane: LaneFacts
  readonly policy: LanePolicy
  readonly now: Instant
  /** False: nobody is LATE and no strike is counted. */
  readonly trusted: boolean
  /** What the station told of being late, by IST day: windows only ever move later by it. */
  readonly delays: readonly Pick<DelayRaised, 'day' | 'delayMs'>[]
  readonly chosenPlate: string | null
  readonly answer: string | null
}
