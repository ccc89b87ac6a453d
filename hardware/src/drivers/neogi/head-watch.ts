import { grams, type Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { Mono } from '@baari/shared/units/time'
import type { DispenserState } from '../../ports/dispenser.ts'
import { counterBefore, flowBetween } from '../counter-flow.ts'

/** What we let the head do, as far as we know; it does not tell by itself. */
export type Granted = { readonly until: Mono; readonly pricePaisePerKg: PaisePerKg }

/** A sale as we saw it between two readings of the counter. */
export type SeenSale = {
  readonly grams: Grams
  readonly openingTotalGrams: Grams
  /** Null for a sale nobody authorised: the head does not tell its price. */
  readonly pricePaisePerKg: PaisePerKg | null
}

/**
 * What a head is doing, put together from its three status codes and from what we told it. `total`
 * is the counter when the nozzle last was at rest; null before it was read. `SalesByTotal` finds
 * sales too, but of a head that shows the mass of its last one and needs no memory of what we
 * granted: this head shows neither, so the two share only the arithmetic of a counter.
 */
export type HeadSeen = {
  readonly phase: 'rest' | 'running' | 'completed'
  readonly total: Grams | null
  /** Not used yet. */
  readonly granted: Granted | null
  /** What the running sale began under; null for one that nobody authorised. */
  readonly sellsUnder: Granted | null
  /** Mass on the display of the running or just completed sale. */
  readonly saleGrams: Grams
}

export const nothingSeen: HeadSeen = {
  phase: 'rest',
  total: null,
  granted: null,
  sellsUnder: null,
  saleGrams: grams(0),
}

/** Gas flows, or the valve is open for it. */
export function seenRunning(seen: HeadSeen, saleGrams: Grams | null): HeadSeen {
  if (seen.phase === 'running') return { ...seen, saleGrams: saleGrams ?? seen.saleGrams }
  return {
    ...seen,
    phase: 'running',
    granted: null,
    sellsUnder: seen.granted,
    saleGrams: saleGrams ?? grams(0),
  }
}

/** The head rests and this is its counter: what flowed since the last rest is a sale (D07, D15). */
export function seenAtRest(
  seen: HeadSeen,
  total: Grams,
  widthGrams: number,
): { readonly seen: HeadSeen; readonly sale: SeenSale | null } {
  const flowed = flowedSince(seen, total, widthGrams)
  if (flowed === null || flowed === 0) {
    // A sale without gas leaves nothing (D09); an authorisation that was not used yet stays.
    const phase = seen.phase === 'running' ? 'rest' : seen.phase
    return { seen: { ...seen, phase, total, sellsUnder: null }, sale: null }
  }
  const opening = counterBefore(total, flowed, widthGrams)
  // A sale that came and went while nobody looked used what was granted.
  const under = seen.phase === 'running' ? seen.sellsUnder : seen.granted
  const sale = {
    grams: grams(flowed),
    openingTotalGrams: grams(opening),
    pricePaisePerKg: under?.pricePaisePerKg ?? null,
  }
  // Nobody closes a sale that nobody authorised.
  const phase = under === null ? 'rest' : 'completed'
  const granted = seen.phase === 'running' ? seen.granted : null
  const saleGrams = phase === 'rest' ? grams(0) : sale.grams
  return { seen: { phase, total, granted, sellsUnder: null, saleGrams }, sale }
}

/** Grams since the last rest; after a start in mid-fill the display is all that is known. */
function flowedSince(seen: HeadSeen, total: Grams, widthGrams: number): number | null {
  if (seen.total === null) return seen.phase === 'running' ? seen.saleGrams : null
  return flowBetween(seen.total, total, widthGrams)
}

/** Our words for a status code and what we know besides. */
export function stateOfHead(seen: HeadSeen, code: DispenserState): DispenserState {
  if (code !== 'idle' && code !== 'calling') return code
  if (seen.phase === 'completed') return 'completed'
  return seen.granted === null ? code : 'authorised'
}
