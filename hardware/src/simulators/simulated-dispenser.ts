import type { Prng } from '@baari/shared/runtime/chance'
import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import type { Millis } from '@baari/shared/units/time'
import type { CommandMemory } from './baari-registers.ts'
import {
  hangUp,
  liftNozzle,
  newDispenser,
  powerCycle,
  reportedState,
  saleGramsOf,
  step,
  totaliserOf,
  usualLimits,
  type DispenserModel,
  type ModelLimits,
} from './dispenser-model.ts'
import { noTrouble, type LineTrouble } from './line-trouble.ts'

export type SimulatedDispenserOptions = {
  readonly address: number
  readonly prng: Prng
  readonly totaliserGrams?: Grams
  readonly pricePaisePerKg?: PaisePerKg
  readonly limits?: Partial<ModelLimits>
  readonly replyDelayMs?: Millis
  /** What an earlier run left; takes the place of totaliser and price. */
  readonly saved?: SavedDispenser
}

/** Everything that survives the world's restart, as JSON. */
export type SavedDispenser = {
  readonly model: DispenserModel
  readonly memory: readonly CommandMemory[]
}

/** Faults of the head itself; `none` ends them. */
export type HeadFault = 'none' | 'silent' | 'inoperative' | 'unknown-state' | 'busy'

/** A head with one nozzle, as people and faults act on it; `head-families.ts` gives it a protocol. */
export class SimulatedDispenser {
  readonly limits: ModelLimits
  readonly address: number
  /** The troubles of its end of the line. */
  readonly trouble: LineTrouble
  readonly #prng: Prng
  #model: DispenserModel
  #memory: readonly CommandMemory[]
  #unknownState = false
  #authorisations = 0

  constructor(options: SimulatedDispenserOptions) {
    this.#prng = options.prng
    this.limits = { ...usualLimits, ...options.limits }
    this.#model =
      options.saved?.model ??
      newDispenser({
        totaliserGrams: options.totaliserGrams ?? grams(0),
        pricePaisePerKg: options.pricePaisePerKg ?? paisePerKg(0),
      })
    this.#memory = options.saved?.memory ?? []
    this.address = options.address
    this.trouble = noTrouble(options.replyDelayMs)
  }

  get model(): DispenserModel {
    return this.#model
  }

  /** The head changed by a command. */
  become(model: DispenserModel): void {
    const { authorisation } = model
    if (authorisation !== null && authorisation !== this.#model.authorisation)
      this.#authorisations += 1
    this.#model = model
  }

  /** Authorises it obeyed since it was made: what a node says it sent can be held against this. */
  get authorisations(): number {
    return this.#authorisations
  }

  /** Commands it remembers, where its protocol knows such. */
  get memory(): readonly CommandMemory[] {
    return this.#memory
  }

  remember(memory: readonly CommandMemory[]): void {
    this.#memory = memory
  }

  /** It reports a state nobody knows (D14). */
  get unknownState(): boolean {
    return this.#unknownState
  }

  state(): ReturnType<typeof reportedState> {
    return reportedState(this.#model)
  }

  totaliserGrams(): Grams {
    return totaliserOf(this.#model, this.limits)
  }

  saleGrams(): Grams {
    return saleGramsOf(this.#model)
  }

  step(ms: Millis): void {
    this.#model = step(this.#model, this.limits, { ms, prng: this.#prng })
  }

  /** A vehicle is connected that takes so much; it is full afterwards. */
  vehicleArrives(wantsGrams: Grams): void {
    this.#model = { ...this.#model, vehicleRoomMilligrams: wantsGrams * 1000 }
  }

  vehicleLeaves(): void {
    this.#model = { ...this.#model, vehicleRoomMilligrams: null }
  }

  liftNozzle(): void {
    this.#model = liftNozzle(this.#model)
  }

  hangUp(): void {
    this.#model = hangUp(this.#model, this.limits)
  }

  setManualMode(manualMode: boolean): void {
    this.#model = { ...this.#model, manualMode }
  }

  powerCycle(): void {
    this.#model = powerCycle(this.#model, this.limits)
  }

  /** The meter was replaced: its counter starts elsewhere (D02). */
  replaceMeter(totaliserGrams: Grams): void {
    this.#model = { ...this.#model, deliveredMilligrams: totaliserGrams * 1000 }
  }

  setFault(fault: HeadFault): void {
    this.trouble.silent = fault === 'silent'
    this.trouble.exception = fault === 'busy' ? 6 : null
    this.#unknownState = fault === 'unknown-state'
    const { state } = this.#model
    if (fault === 'inoperative') this.#model = { ...this.#model, state: 'inoperative' }
    else if (state === 'inoperative') this.#model = { ...this.#model, state: 'idle' }
  }

  save(): SavedDispenser {
    return { model: this.#model, memory: this.#memory }
  }
}
