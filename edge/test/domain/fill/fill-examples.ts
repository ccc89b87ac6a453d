import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { bookingId, commandId, fillId, positionNo, ticketId } from '@baari/shared/units/names'
import { instant, millis } from '@baari/shared/units/time'
import type {
  FillEvent,
  FillLimits,
  FillState,
  FillTerms,
  Intent,
  OpenFill,
  SaleFact,
} from '../../../src/domain/fill/fill-states.ts'
import type { MeterReading } from '../../../src/domain/fill/totaliser.ts'
import { nozzleNo } from '../../../src/domain/position/nozzle.ts'

/** Builders of one ordinary fill: 8 kg preset at ₹ 94.50, totaliser at 1,000,000 g before. */
const uuid = (n: number): string => `00000001-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

export const opening = grams(1_000_000)
export const width = grams(100_000_000_000)

export const limits: FillLimits = {
  meter: { widthGrams: width, maxFlowGramsPerS: grams(500), countGrams: grams(1) },
  toleranceGrams: grams(200),
}

export const terms: FillTerms = {
  fill: fillId(uuid(1)),
  position: positionNo(1),
  nozzle: nozzleNo(1),
  ticket: ticketId(uuid(2)),
  use: { booking: bookingId(uuid(3)), useNo: 1 },
  limitGrams: grams(8_000),
  pricePaisePerKg: paisePerKg(9_450),
}

export const intent: Intent = {
  command: commandId(uuid(4)),
  openingGrams: opening,
  deviceSequence: 41,
  deviceBoot: 1,
  boot: 'a1',
  expiresAt: instant(1_760_000_060_000),
}

export function open(deliveredGrams = 0): OpenFill {
  return {
    terms,
    intent,
    meter: {
      openingGrams: opening,
      latestGrams: grams(opening + deliveredGrams),
      deliveredGrams: grams(deliveredGrams),
    },
    overran: false,
  }
}

export function reading(totaliser: number, sinceLastMs = 1_000): MeterReading {
  return { totaliserGrams: grams(totaliser), sinceLastMs: millis(sinceLastMs) }
}

export function flow(delivered: number): FillEvent {
  return { kind: 'flow', reading: reading(opening + delivered) }
}

export function sale(delivered: number, over: Partial<SaleFact> = {}): SaleFact {
  return {
    sequence: 42,
    bootEpoch: 1,
    grams: grams(delivered),
    openingGrams: opening,
    ...over,
  }
}

/** The closing totals after `delivered` grams with the device's own sale beside them. */
export function totals(delivered: number, saleFact: SaleFact | null = sale(delivered)): FillEvent {
  return {
    kind: 'totals-read',
    reading: reading(opening + delivered),
    atRest: true,
    sale: delivered === 0 && saleFact?.sequence === 42 ? null : saleFact,
  }
}

export const reserve: FillEvent = { kind: 'reserve', terms }
export const authorise: FillEvent = { kind: 'authorise', intent, reading: reading(opening) }
export const idle: FillState = { kind: 'idle', accountedGrams: opening }

export function deliveredOf(state: FillState): Grams {
  if ('meter' in state) return state.meter.deliveredGrams
  if ('open' in state && state.open !== null) return state.open.meter.deliveredGrams
  return grams(0)
}
