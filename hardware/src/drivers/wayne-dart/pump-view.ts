import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import type { DispenserStatus, NozzleNo } from '../../ports/dispenser.ts'
import { hexText } from '../../protocols/modbus/frames.ts'
import type { PumpPart } from '../../protocols/wayne-dart/parts.ts'
import { dartState } from '../../protocols/wayne-dart/tables.ts'
import type { LiveFrame } from '../live-frame.ts'
import type { DartScale } from './dart-scale.ts'
import type { PumpTold } from './pump-link.ts'

/**
 * What the pump said last. It tells display and nozzle when they change, not in each block, so they
 * are kept; state and totaliser count only when they were told now.
 */
export type PumpView = {
  readonly saleGrams: Grams
  readonly nozzleOut: boolean | null
  /** Number of the nozzle that the pump speaks of; null before it told one. */
  readonly nozzle: number | null
  readonly pricePaisePerKg: PaisePerKg
}

export const nothingTold: PumpView = {
  saleGrams: grams(0),
  nozzleOut: null,
  nozzle: null,
  pricePaisePerKg: paisePerKg(0),
}

/** The view after these parts, in their order; pure. */
export function viewAfter(view: PumpView, parts: readonly PumpPart[], scale: DartScale): PumpView {
  return parts.reduce<PumpView>((seen, part) => {
    if (part.kind === 'filling') return { ...seen, saleGrams: scale.massOf(part.volumeCounts) }
    if (part.kind !== 'nozzle') return seen
    const { nozzle, nozzleOut, priceCounts } = part
    return { ...seen, nozzle, nozzleOut, pricePaisePerKg: scale.priceOf(priceCounts) }
  }, view)
}

/** The frame of a round; null when the pump told no state in it. Pure. */
export function frameOf(
  { parts, raw, attempts, at }: PumpTold,
  view: PumpView,
  { nozzle, scale }: { readonly nozzle: NozzleNo; readonly scale: DartScale },
): LiveFrame | null {
  const told = parts.findLast((part) => part.kind === 'status')
  if (told === undefined) return null
  const state = dartState(told.code, view.nozzleOut)
  const total = parts.findLast((part) => part.kind === 'totals' && part.nozzle === nozzle)
  const status: DispenserStatus = {
    nozzle,
    state,
    nozzleOut: view.nozzleOut,
    saleGrams: view.saleGrams,
    totaliserGrams: total?.kind === 'totals' ? scale.totalOf(total.totalCounts) : null,
    // The pump numbers no sales and counts no power cycles.
    saleSequence: null,
    bootEpoch: null,
  }
  const problem = state === 'fault' ? 'unknown-state' : null
  return { status, problem, attempts, at, rawHex: raw.map(hexText).join(' / ') }
}
