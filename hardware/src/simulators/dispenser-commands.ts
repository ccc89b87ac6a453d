import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { Millis } from '@baari/shared/units/time'
import { endSale, type DispenserModel, type ModelLimits } from './dispenser-model.ts'

export type ModelCommand =
  | {
      readonly kind: 'authorise'
      readonly limitGrams: Grams
      readonly pricePaisePerKg: PaisePerKg
      /** An authorisation nobody uses is forgotten after this. */
      readonly validMs: Millis
    }
  | { readonly kind: 'stop' | 'suspend' | 'resume' | 'close' }
  | { readonly kind: 'price'; readonly pricePaisePerKg: PaisePerKg }

/** Why a head refuses: the numbers of docs/protocols/baari-dispenser.md. */
export type CommandVerdict = 'accepted' | 'wrong-state' | 'bad-limit'

export type CommandOutcome = { readonly model: DispenserModel; readonly verdict: CommandVerdict }

/** What the head does with a command; pure. */
export function obey(
  model: DispenserModel,
  command: ModelCommand,
  limits: ModelLimits,
): CommandOutcome {
  switch (command.kind) {
    case 'authorise':
      return authorised(model, command)
    case 'stop':
      return stopped(model, limits)
    case 'suspend':
      return isFlowing(model) ? accepted(model, { state: 'suspended' }) : refused(model)
    case 'resume':
      return model.state === 'suspended' ? accepted(model, { state: 'fuelling' }) : refused(model)
    case 'close':
      return closed(model)
    case 'price':
      return accepted(model, { pricePaisePerKg: command.pricePaisePerKg })
  }
}

function accepted(model: DispenserModel, next: Partial<DispenserModel>): CommandOutcome {
  return { model: { ...model, ...next }, verdict: 'accepted' }
}

function refused(model: DispenserModel): CommandOutcome {
  return { model, verdict: 'wrong-state' }
}

function isFlowing(model: DispenserModel): boolean {
  return model.state === 'started' || model.state === 'fuelling'
}

function stopped(model: DispenserModel, limits: ModelLimits): CommandOutcome {
  if (model.state === 'authorised') return accepted(model, { state: 'idle', authorisation: null })
  const open = isFlowing(model) || model.state === 'suspended'
  return accepted(open ? endSale(model, limits) : model, {})
}

function closed(model: DispenserModel): CommandOutcome {
  if (model.state === 'completed') return accepted(model, { state: 'idle', sale: null })
  return model.state === 'idle' ? accepted(model, {}) : refused(model)
}

function authorised(
  model: DispenserModel,
  command: Extract<ModelCommand, { kind: 'authorise' }>,
): CommandOutcome {
  const { limitGrams, pricePaisePerKg, validMs } = command
  if (model.state !== 'idle' || model.manualMode) return { model, verdict: 'wrong-state' }
  if (limitGrams <= 0) return { model, verdict: 'bad-limit' }
  const authorisation = { limitGrams, pricePaisePerKg, leftMs: validMs }
  const next: DispenserModel = { ...model, state: 'authorised', authorisation }
  if (!model.nozzleOut) return { model: next, verdict: 'accepted' }
  // The nozzle is out already: the sale begins at once.
  const openingMilligrams = Math.floor(model.deliveredMilligrams / 1000) * 1000
  const sale = { openingMilligrams, limitGrams, pricePaisePerKg }
  return { model: { ...next, state: 'started', sale }, verdict: 'accepted' }
}
