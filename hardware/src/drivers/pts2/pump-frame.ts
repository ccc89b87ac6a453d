import { grams } from '@baari/shared/units/mass'
import type { DispenserState, NozzleNo } from '../../ports/dispenser.ts'
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
  const seen = status === null ? nothingSeen : seenIn(status, facts)
  const saleGrams = seen.mass === null ? 0 : gramsOf(seen.mass)
  return {
    status: {
      nozzle: facts.nozzle,
      state: seen.state ?? 'fault',
      nozzleOut: seen.nozzleOut,
      saleGrams: grams(saleGrams ?? 0),
      // It is asked for: no status shows the counter while gas flows.
      totaliserGrams: null,
      saleSequence: seen.lastSequence,
      // The controller does not count the power cycles of its dispensers.
      bootEpoch: null,
    },
    problem: problemOf(seen, saleGrams),
    attempts,
    at,
    rawHex: raw,
  }
}

type Seen = {
  /** Null for a state or a nozzle we do not know. */
  readonly state: DispenserState | null
  readonly nozzleOut: boolean | null
  readonly mass: Decimal | null
  readonly lastSequence: number | null
}

const nothingSeen: Seen = { state: null, nozzleOut: null, mass: null, lastSequence: null }

function problemOf({ state }: Seen, saleGrams: number | null): LiveFrame['problem'] {
  if (saleGrams === null) return 'unreadable-number'
  return state === null ? 'unknown-state' : null
}

function seenIn({ Type, Data }: StatusReply, { nozzle, lastSequence }: FrameFacts): Seen {
  switch (Type) {
    case 'PumpIdleStatus':
      return {
        state: restingState(Data, nozzle),
        nozzleOut: isUp(Data.NozzleUp, nozzle),
        mass: null,
        lastSequence: Data.LastTransaction ?? 0,
      }
    case 'PumpOfflineStatus':
      return {
        state: 'inoperative',
        nozzleOut: isUp(Data.NozzleUp, nozzle),
        mass: null,
        lastSequence: Data.LastTransaction ?? lastSequence,
      }
    case 'PumpFillingStatus':
      return {
        // A sale at a nozzle the station file does not name is nobody's we know.
        state: isOwn(Data.Nozzle, nozzle) ? fillingState(Data) : null,
        nozzleOut: true,
        mass: Data.Volume,
        lastSequence,
      }
    case 'PumpEndOfTransactionStatus':
      return {
        state: isOwn(Data.Nozzle, nozzle) ? 'completed' : null,
        nozzleOut: isUp(Data.NozzleUp, nozzle),
        mass: Data.Volume,
        lastSequence: Data.Transaction,
      }
  }
}

type DataOf<Type extends StatusReply['Type']> = Extract<StatusReply, { Type: Type }>['Data']

function restingState(data: DataOf<'PumpIdleStatus'>, nozzle: NozzleNo): DispenserState {
  if (data.Request === 'PumpAuthorize') return 'authorised'
  return isUp(data.NozzleUp, nozzle) === true ? 'calling' : 'idle'
}

function fillingState(data: DataOf<'PumpFillingStatus'>): DispenserState {
  if (data.IsSuspended === true) return 'suspended'
  return data.Volume.count > 0 ? 'fuelling' : 'started'
}

/** 0 is no nozzle: the controller leaves it open. */
function isOwn(no: number, nozzle: NozzleNo): boolean {
  return no === 0 || no === nozzle
}

function isUp(no: number | undefined, nozzle: NozzleNo): boolean | null {
  return no === undefined ? null : no === nozzle
}

/** Whole grams of a number in kilograms; null when it has more digits than grams can hold. */
export function gramsOf(kilograms: Decimal): number | null {
  return kilograms.countAt(gramDecimals)
}
