import type { Prng } from '@baari/shared/runtime/chance'
import { grams, type Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { Millis } from '@baari/shared/units/time'
import type { DispenserState } from '../ports/dispenser.ts'

/** What the head's own log holds of a completed sale. */
export type ModelSale = {
  readonly sequence: number
  readonly bootEpoch: number
  readonly grams: Grams
  readonly openingTotalGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
}

type RunningSale = {
  readonly openingMilligrams: number
  readonly pricePaisePerKg: PaisePerKg
  /** Null in manual mode: nobody set a limit. */
  readonly limitGrams: Grams | null
}

/** A dispenser with one nozzle, as a value. Mass is integrated in whole milligrams. */
export type DispenserModel = {
  readonly state: Exclude<DispenserState, 'calling'>
  readonly nozzleOut: boolean
  /** Sells without the node, as after a failure (D07). */
  readonly manualMode: boolean
  readonly pricePaisePerKg: PaisePerKg
  readonly authorisation: {
    readonly limitGrams: Grams
    readonly pricePaisePerKg: PaisePerKg
    readonly leftMs: number
  } | null
  readonly sale: RunningSale | null
  readonly lastSale: ModelSale | null
  readonly sequence: number
  readonly bootEpoch: number
  /** All gas that ever flowed; the counter shows it modulo its width. */
  readonly deliveredMilligrams: number
  /** What the vehicle still takes; null without a vehicle. */
  readonly vehicleRoomMilligrams: number | null
}

export type ModelLimits = {
  readonly widthGrams: Grams
  /** Mean mass flow; 150 g/s fills a car in a minute. */
  readonly flowGramsPerSecond: number
  /** The valve closes so much too late (D10). */
  readonly overrunGrams: Grams
  /** The head's own sale counter wraps to 1 after this (D13). */
  readonly highestSequence: number
  /** One step of the counters that the head shows. */
  readonly countGrams: Grams
}

export const usualLimits: ModelLimits = {
  widthGrams: grams(1_000_000_000_000),
  flowGramsPerSecond: 150,
  overrunGrams: grams(0),
  highestSequence: 0xffff_ffff,
  countGrams: grams(1),
}

export function newDispenser(start: {
  readonly totaliserGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
}): DispenserModel {
  return {
    state: 'idle',
    nozzleOut: false,
    manualMode: false,
    pricePaisePerKg: start.pricePaisePerKg,
    authorisation: null,
    sale: null,
    lastSale: null,
    sequence: 0,
    bootEpoch: 1,
    deliveredMilligrams: start.totaliserGrams * 1000,
    vehicleRoomMilligrams: null,
  }
}

/** The counter on the head: whole counts, modulo its width (D01). */
export function totaliserOf(model: DispenserModel, { countGrams, widthGrams }: ModelLimits): Grams {
  const counts = Math.floor(model.deliveredMilligrams / (1000 * countGrams))
  return grams((counts * countGrams) % widthGrams)
}

/** Grams of the running sale, or of the completed one until it is closed. */
export function saleGramsOf(model: DispenserModel): Grams {
  if (model.sale === null) return grams(0)
  const opening = Math.floor(model.sale.openingMilligrams / 1000)
  return grams(Math.floor(model.deliveredMilligrams / 1000) - opening)
}

/** State as the head reports it: calling is idle with the nozzle out. */
export function reportedState(model: DispenserModel): DispenserState {
  return model.state === 'idle' && model.nozzleOut ? 'calling' : model.state
}

export function liftNozzle(model: DispenserModel): DispenserModel {
  const lifted = { ...model, nozzleOut: true }
  if (model.state === 'authorised' && model.authorisation !== null) {
    const { limitGrams, pricePaisePerKg } = model.authorisation
    return { ...lifted, ...begun(model, { limitGrams, pricePaisePerKg }) }
  }
  if (model.manualMode && model.state === 'idle') {
    const { pricePaisePerKg } = model
    return { ...lifted, ...begun(model, { limitGrams: null, pricePaisePerKg }) }
  }
  return lifted
}

export function hangUp(model: DispenserModel, limits: ModelLimits): DispenserModel {
  const hung = { ...model, nozzleOut: false }
  if (model.sale === null || model.state === 'completed') return hung
  const ended = endSale(hung, limits)
  // Without the node nobody closes the sale; the head does it itself.
  return model.manualMode ? { ...ended, state: 'idle', sale: null } : ended
}

/** Time passes: gas flows, an unused authorisation runs out. */
export function step(
  model: DispenserModel,
  limits: ModelLimits,
  { ms, prng }: { readonly ms: Millis; readonly prng: Prng },
): DispenserModel {
  if (model.state === 'authorised' && model.authorisation !== null) {
    const leftMs = model.authorisation.leftMs - ms
    if (leftMs <= 0) return { ...model, state: 'idle', authorisation: null }
    return { ...model, authorisation: { ...model.authorisation, leftMs } }
  }
  if (model.state !== 'started' && model.state !== 'fuelling') return model
  const room = model.vehicleRoomMilligrams ?? 0
  if (room === 0 || model.sale === null) return model
  const noise = 0.9 + 0.2 * prng.next()
  const free = Math.min(room, Math.floor(limits.flowGramsPerSecond * ms * noise))
  const flowed = Math.min(free, roomToLimit(model, model.sale, limits))
  const after: DispenserModel = {
    ...model,
    state: 'fuelling',
    deliveredMilligrams: model.deliveredMilligrams + flowed,
    vehicleRoomMilligrams: room - flowed,
  }
  return roomToLimit(after, model.sale, limits) === 0 ? endSale(after, limits) : after
}

/** Mains lost and back: the totaliser and the log survive, an authorisation does not (D03, D04). */
export function powerCycle(model: DispenserModel, limits: ModelLimits): DispenserModel {
  const ended = model.sale !== null && model.state !== 'completed' ? endSale(model, limits) : model
  return {
    ...ended,
    state: 'idle',
    sale: null,
    authorisation: null,
    bootEpoch: model.bootEpoch + 1,
  }
}

/** The valve closes. A sale without gas leaves no record (D09). */
export function endSale(model: DispenserModel, limits: ModelLimits): DispenserModel {
  const sold = saleGramsOf(model)
  if (model.sale === null || sold === 0) {
    return { ...model, state: 'idle', sale: null, authorisation: null }
  }
  const sequence = model.sequence >= limits.highestSequence ? 1 : model.sequence + 1
  const opening = Math.floor(model.sale.openingMilligrams / 1000) % limits.widthGrams
  return {
    ...model,
    state: 'completed',
    authorisation: null,
    sequence,
    lastSale: {
      sequence,
      bootEpoch: model.bootEpoch,
      grams: sold,
      openingTotalGrams: grams(opening),
      pricePaisePerKg: model.sale.pricePaisePerKg,
    },
  }
}

function begun(
  model: DispenserModel,
  terms: { readonly limitGrams: Grams | null; readonly pricePaisePerKg: PaisePerKg },
): Partial<DispenserModel> {
  const openingMilligrams = Math.floor(model.deliveredMilligrams / 1000) * 1000
  return { state: 'started', sale: { openingMilligrams, ...terms } }
}

function roomToLimit(model: DispenserModel, sale: RunningSale, limits: ModelLimits): number {
  if (sale.limitGrams === null) return Number.MAX_SAFE_INTEGER
  const last = sale.openingMilligrams + (sale.limitGrams + limits.overrunGrams) * 1000
  return Math.max(0, last - model.deliveredMilligrams)
}
