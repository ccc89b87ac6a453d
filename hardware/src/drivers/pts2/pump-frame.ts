import { grams } from '@baari/shared/units/mass'
import type { DispenserState, DispenserStatus, NozzleNo } from '../../ports/dispenser.ts'
import type { Decimal } from '../../protocols/decimal.ts'
import type { LiveFrame } from '../live-frame.ts'
import type { Asked } from './controller-port.ts'
import { statusIn, type StatusReply } from './pump-station.ts'

/** Kilograms have three decimals to the gram, rupees two to the paisa. */
const gramDecimals = 3

export type FrameFacts = {
  readonly nozzle: NozzleNo
  /** Number of the last completed sale while another one runs, which then is not told. */
  readonly lastSequence: number | null
}

/** Translates a status into our words; what is no status we know becomes `fault` (D14). Pure. */
export function pumpFrame(facts: FrameFacts, asked: Asked): LiveFrame {
  const { attempts, at, raw } = asked
  const status = statusIn(asked)
  const seen = status === null ? null : seenIn(status, facts)
  const mass = seen?.mass ?? null
  const saleGrams = mass === null ? null : gramsOf(mass)
  const told: DispenserStatus = {
    nozzle: facts.nozzle,
    state: seen?.state ?? 'fault',
    nozzleOut: seen?.nozzleOut ?? null,
    saleGrams: grams(saleGrams ?? 0),
    // It is asked for: no status shows the counter while gas flows.
    totaliserGrams: null,
    saleSequence: seen?.lastSequence ?? null,
    // The controller does not count the power cycles of its dispensers.
    bootEpoch: null,
  }
  const unreadable = mass !== null && saleGrams === null
  const problem = unreadable ? 'unreadable-number' : seen?.state == null ? 'unknown-state' : null
  return { status: told, problem, attempts, at, rawHex: raw }
}

type Seen = {
  readonly state: DispenserState | null
  readonly nozzleOut: boolean | null
  readonly mass: Decimal | null
  readonly lastSequence: number | null
}

function seenIn({ Type, Data }: StatusReply, { nozzle, lastSequence }: FrameFacts): Seen {
  const own = (no: number | undefined): boolean => no === undefined || no === 0 || no === nozzle
  const isUp = (no: number | undefined): boolean | null => (no === undefined ? null : no === nozzle)
  switch (Type) {
    case 'PumpIdleStatus': {
      const nozzleOut = isUp(Data.NozzleUp)
      const ordered = Data.Request === 'PumpAuthorize'
      const state = ordered ? 'authorised' : nozzleOut === true ? 'calling' : 'idle'
      return { state, nozzleOut, mass: null, lastSequence: Data.LastTransaction ?? 0 }
    }
    case 'PumpOfflineStatus':
      return {
        state: 'inoperative',
        nozzleOut: isUp(Data.NozzleUp),
        mass: null,
        lastSequence: Data.LastTransaction ?? lastSequence,
      }
    case 'PumpFillingStatus': {
      const flows = Data.Volume.count > 0 ? 'fuelling' : 'started'
      const state = Data.IsSuspended === true ? 'suspended' : flows
      // A sale at a nozzle the station file does not name is nobody's we know.
      const mine = own(Data.Nozzle) ? state : null
      return { state: mine, nozzleOut: true, mass: Data.Volume, lastSequence }
    }
    case 'PumpEndOfTransactionStatus':
      return {
        state: own(Data.Nozzle) ? 'completed' : null,
        nozzleOut: isUp(Data.NozzleUp),
        mass: Data.Volume,
        lastSequence: Data.Transaction,
      }
  }
}

/** Whole grams of a number in kilograms; null when it has more digits than grams can hold. */
export function gramsOf(kilograms: Decimal): number | null {
  return kilograms.countAt(gramDecimals)
}
