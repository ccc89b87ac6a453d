import type { Grams } from '@baari/shared/units/mass'
import type { Paise, PaisePerKg } from '@baari/shared/units/money'
import type { FillId, LaneNo, NozzleType, PositionNo, TicketId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

export type PositionState =
  | 'free'
  | 'called'
  | 'ready'
  | 'authorised'
  | 'filling'
  | 'finishing'
  | 'fault'
  | 'offline'
  | 'closed'

/** What the position's controller knows now; plain JSON, given to commands as their input. */
export type PositionFacts = {
  readonly no: PositionNo
  readonly lane: LaneNo
  readonly nozzles: readonly NozzleType[]
  readonly state: PositionState
  readonly ticket: TicketId | null
  /** Expected milliseconds until the running fill ends. */
  readonly freesInMs: number | null
  readonly fill: {
    readonly id: FillId
    readonly grams: Grams
    readonly limitGrams: Grams
    readonly amountPaise: Paise
    readonly pricePaisePerKg: PaisePerKg
    readonly remainingMs: number | null
  } | null
  /** A meter that went back waits here for a manager (D02); kept by the ledger. */
  readonly frozen: boolean
  /** Why the last *ready* gave no gas: the refusal's code and the interlock it names. */
  readonly refused: {
    readonly code: string
    readonly condition: string | null
    readonly atMs: Instant
  } | null
  readonly fault: { readonly code: string; readonly text: string; readonly sinceMs: Instant } | null
}
