import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise, PaisePerKg } from '@baari/shared/units/money'
import type { BookingId, CommandId, FillId, TicketId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { NozzleKey } from '../position/nozzle.ts'
import type { MeterLimits, MeterReading } from './totaliser.ts'

/** One use of a token: claimed at the scan, redeemed by the first gram. */
export type TokenUse = { readonly booking: BookingId; readonly useNo: number }

/** What was agreed when the nozzle was reserved; nothing of it changes later (D11). */
export type FillTerms = NozzleKey & {
  readonly fill: FillId
  readonly ticket: TicketId
  /** Null for a walk-in. */
  readonly use: TokenUse | null
  readonly limitGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
}

/** The write-ahead row of an authorise: durable before a byte is sent. */
export type Intent = {
  readonly command: CommandId
  readonly openingGrams: Grams
  /** Sequence of the last sale in the device's log; null for a meter without one. */
  readonly deviceSequence: number | null
  /** Power-on count of the device; null when it does not count. */
  readonly deviceBoot: number | null
  /** Boot of this node in which the intent was made. */
  readonly boot: string
  readonly expiresAt: Instant
}

/** Where the totaliser stands and how much of it belongs to this piece of the books. */
export type Metered = {
  readonly openingGrams: Grams
  readonly latestGrams: Grams
  readonly deliveredGrams: Grams
}

export type OpenFill = {
  readonly terms: FillTerms
  readonly intent: Intent
  readonly meter: Metered
  /** The overrun alarm was raised (D10). */
  readonly overran: boolean
}

/** Why flow ends or never came. */
export type EndCause =
  'device' | 'no-flow' | 'expired' | 'attendant' | 'cancelled' | 'trip' | 'fault' | RefuseCause
/** Ends before anything was authorised. */
export type RefuseCause = 'rejected' | 'unanswered' | 'interlock' | 'link' | 'meter-reset'

/** The device's own record of the sale, as far as the decision needs it. */
export type SaleFact = {
  readonly sequence: number
  readonly bootEpoch: number
  readonly grams: Grams
  readonly openingGrams: Grams
}

export type DisputeReason = 'sale-differs' | 'sale-missing' | 'meter-reset'
export type SettleFlag = 'none' | 'recovered'

/** `accountedGrams` is the totaliser up to which the books of the nozzle are closed. */
export type FillState =
  | { readonly kind: 'idle'; readonly accountedGrams: Grams }
  | { readonly kind: 'calling'; readonly accountedGrams: Grams }
  | { readonly kind: 'reserved'; readonly accountedGrams: Grams; readonly terms: FillTerms }
  | { readonly kind: 'authorising'; readonly open: OpenFill }
  | { readonly kind: 'authorised'; readonly open: OpenFill }
  | { readonly kind: 'filling'; readonly open: OpenFill }
  | { readonly kind: 'suspended'; readonly open: OpenFill }
  /** Flow has ended or was told to end; the totaliser at rest decides what it was. */
  | { readonly kind: 'completing'; readonly open: OpenFill; readonly cause: EndCause }
  | {
      readonly kind: 'completed'
      readonly open: OpenFill
      readonly cause: EndCause
      readonly flag: SettleFlag
    }
  | {
      readonly kind: 'settled'
      readonly terms: FillTerms
      readonly meter: Metered
      readonly amountPaise: Paise
      readonly flag: SettleFlag
    }
  | {
      readonly kind: 'voided'
      readonly terms: FillTerms
      readonly accountedGrams: Grams
      readonly cause: EndCause
    }
  | {
      readonly kind: 'refused'
      readonly terms: FillTerms
      readonly accountedGrams: Grams
      readonly cause: EndCause
    }
  /** Gas moved without our authorisation (D07); open until the device is at rest. */
  | { readonly kind: 'orphan'; readonly meter: Metered; readonly ended: boolean }
  | {
      readonly kind: 'dispute'
      readonly terms: FillTerms
      readonly meter: Metered
      readonly reason: DisputeReason
    }
  /** The device itself is out of order; a fill that was open stays open until it can be read. */
  | {
      readonly kind: 'fault'
      readonly accountedGrams: Grams
      readonly open: OpenFill | null
      readonly code: FaultCode
    }

export type FillEvent =
  | { readonly kind: 'reserve'; readonly terms: FillTerms }
  | { readonly kind: 'authorise'; readonly intent: Intent; readonly reading: MeterReading }
  /** The device confirmed this very command. */
  | { readonly kind: 'acknowledged' }
  /** The device said no: nothing was started. */
  | { readonly kind: 'rejected' }
  /** The line failed while the command was under way: the outcome is unknown. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'nozzle-lifted' }
  | { readonly kind: 'nozzle-returned' }
  | { readonly kind: 'flow'; readonly reading: MeterReading }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'resumed' }
  /** The device came to rest after a sale. */
  | { readonly kind: 'ended' }
  | {
      readonly kind: 'totals-read'
      readonly reading: MeterReading
      /** False while the device still runs: the reading is then no closing total. */
      readonly atRest: boolean
      readonly sale: SaleFact | null
    }
  /** The completed row is durable: money may be counted. */
  | { readonly kind: 'settle' }
  | { readonly kind: 'link-lost' }
  | { readonly kind: 'link-back' }
  | { readonly kind: 'device-fault'; readonly code: FaultCode }
  | { readonly kind: 'stop' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'authorise-expired' }
  /** The device had its time to carry out the stop: its totals can be trusted now. */
  | { readonly kind: 'void-window' }
  | { readonly kind: 'trip' }

/** Whose gas the books say it is. */
export type BookKind = 'settled' | 'orphan' | 'disputed'

/** The fill log: every row is durable before anything it allows is done. */
export type FillRow =
  | { readonly kind: 'reserve'; readonly terms: FillTerms }
  | { readonly kind: 'intent'; readonly terms: FillTerms; readonly intent: Intent }
  | { readonly kind: 'ack'; readonly command: CommandId }
  | { readonly kind: 'checkpoint'; readonly totaliserGrams: Grams; readonly deliveredGrams: Grams }
  | {
      readonly kind: 'complete'
      readonly totaliserAfterGrams: Grams
      readonly deliveredGrams: Grams
      readonly deviceSequence: number | null
    }
  | {
      readonly kind: 'settle'
      readonly terms: FillTerms
      readonly meter: Metered
      readonly amountPaise: Paise
      readonly flag: SettleFlag
    }
  | { readonly kind: 'void'; readonly terms: FillTerms; readonly cause: EndCause }
  | { readonly kind: 'refuse'; readonly terms: FillTerms; readonly cause: EndCause }
  /** `ended` false while the device still runs: the same orphan is written again with more. */
  | { readonly kind: 'orphan'; readonly meter: Metered; readonly ended: boolean }
  | {
      readonly kind: 'dispute'
      readonly terms: FillTerms
      readonly meter: Metered
      readonly reason: DisputeReason
    }
  | { readonly kind: 'meter-reset'; readonly lastGrams: Grams; readonly nowGrams: Grams }
  /** Gas the books have counted already turned out to be another's: a file was put back. */
  | {
      readonly kind: 'moved'
      readonly from: BookKind
      readonly to: BookKind
      readonly grams: Grams
    }

export type FillEffect =
  | { readonly kind: 'write'; readonly row: FillRow }
  | { readonly kind: 'redeem'; readonly terms: FillTerms }
  | { readonly kind: 'release'; readonly terms: FillTerms }
  | {
      readonly kind: 'ticket'
      readonly terms: FillTerms
      /** `returned`: still called to its position; `voided`: its place in the queue ends. */
      readonly became: 'filling' | 'served' | 'interrupted' | 'returned' | 'voided'
    }
  /** The one effect that lets gas flow. */
  | { readonly kind: 'authorise'; readonly terms: FillTerms; readonly intent: Intent }
  | { readonly kind: 'stop' }
  /** Releases the completed sale at the device. */
  | { readonly kind: 'close' }
  | { readonly kind: 'read-totals' }
  /** Start the timer that becomes `void-window`. */
  | { readonly kind: 'await-quiet' }
  | { readonly kind: 'settle-next' }
  | { readonly kind: 'alarm'; readonly code: FaultCode }

/** Facts of the station file that every decision may use. */
export type FillLimits = { readonly meter: MeterLimits; readonly toleranceGrams: Grams }

export type FillDecision = {
  readonly state: FillState
  readonly effects: readonly FillEffect[]
}

/** A cell for every pair of state and event; without one of them the build fails. */
export type FillRules = {
  readonly [S in FillState['kind']]: {
    readonly [E in FillEvent['kind']]: (
      s: Extract<FillState, { kind: S }>,
      e: Extract<FillEvent, { kind: E }>,
      limits: FillLimits,
    ) => FillDecision
  }
}

const finalKinds: ReadonlySet<FillState['kind']> = new Set([
  'settled',
  'voided',
  'refused',
  'dispute',
])

/** True when the fill is over and the nozzle's books are closed up to it. */
export function isFinal(state: FillState): boolean {
  return state.kind === 'orphan' ? state.ended : finalKinds.has(state.kind)
}
