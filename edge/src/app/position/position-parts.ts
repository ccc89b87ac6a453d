import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Refusal } from '@baari/shared/faults/no'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Grams } from '@baari/shared/units/mass'
import type { LaneNo, PositionNo } from '@baari/shared/units/names'
import type { NozzleSetup } from '../../ports/fills.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { NozzleDevice } from '../../ports/nozzle-device.ts'
import type { Commands } from '../commands.ts'
import type { FactsAtPosition } from '../fill/authorise-facts.ts'
import type { CallMade } from '../queue/call-made.ts'
import type { NozzleTimes } from './nozzle-control.ts'

/** What every position knows of its station now; asked anew for each authorise. */
export type SafetyNow = Pick<
  FactsAtPosition,
  'safety' | 'tripLatched' | 'attendantSignedIn' | 'diskReserveFree'
>

export type PositionParts = {
  readonly no: PositionNo
  readonly lane: LaneNo
  readonly nozzles: readonly { readonly setup: NozzleSetup; readonly device: NozzleDevice }[]
  readonly mayControl: boolean
  readonly usualGrams: Grams
  readonly times: NozzleTimes
  /** The ledger in force; another one after its thread was restarted. */
  readonly ledger: () => Ledger<Commands>
  readonly clock: Clock
  readonly ids: IdSource
  readonly safety: () => SafetyNow
  /** Facts changed: for the live view, and for `queue.dispatch`. Called often; coalesce. */
  readonly onChange: () => void
  readonly onCalls: (calls: readonly CallMade[]) => void
  readonly onAlarm: (position: PositionNo, code: FaultCode) => void
  /** Why an authorise that everybody expected did not happen. */
  readonly onRefused: (position: PositionNo, no: Refusal) => void
  readonly onLedgerLost: (cause: unknown) => void
  readonly onRecovered: (position: PositionNo, row: number, next: string) => void
}
