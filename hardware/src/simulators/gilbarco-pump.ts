import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import type {
  GilbarcoData,
  GilbarcoReply,
  GilbarcoRequest,
} from '../protocols/gilbarco-two-wire/frames.ts'
import type { GilbarcoCommand } from '../protocols/gilbarco-two-wire/tables.ts'
import { obey, type ModelCommand } from './dispenser-commands.ts'
import { saleGramsOf, type DispenserModel } from './dispenser-model.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

export type GilbarcoScale = {
  /** One step of volume and totaliser; on a CNG head the volume is mass. */
  readonly gramsPerCount: Grams
  /** Paise of one step of money: 1 with two decimals, 10 with one. */
  readonly paisePerCount: number
}

/** Without a preset the pump sells until the nozzle is hung up. */
const noPresetGrams = grams(99_999_999)
const authorisedForMs = millis(600_000)
const listensForMs = millis(1_000)
/** A code that is not in the table (D14). */
const unknownCode = 5
const listeningCode = 13
const dataErrorCode = 0

const codes: Readonly<Record<DispenserModel['state'], number | null>> = {
  // A pump that is out of order says nothing.
  inoperative: null,
  fault: null,
  closed: null,
  idle: 6,
  authorised: 8,
  started: 9,
  fuelling: 9,
  completed: 10,
  suspended: 12,
}

/**
 * A pump of the two-wire loop with the model of a head behind it. Authorise, stop and the host's
 * blocks bring no word; price and preset are taken while it listens. It goes back to idle by itself
 * when its transaction was read and the nozzle hangs.
 */
export class GilbarcoPump {
  readonly #head: SimulatedDispenser
  readonly #scale: GilbarcoScale
  /** Until then it takes a block; a host that died meanwhile does not leave it listening. */
  #listensUntil: Mono | null = null
  #dataError = false
  #presetGrams: Grams | null = null
  #transactionRead = false

  constructor(head: SimulatedDispenser, scale: GilbarcoScale) {
    this.#head = head
    this.#scale = scale
  }

  /** What the pump answers to a command for it; null for nothing. */
  answer(request: GilbarcoRequest, now: Mono): GilbarcoReply | null {
    if (this.#listensUntil !== null && this.#listensUntil <= now) this.#listensUntil = null
    if (request.kind === 'all-stop') return this.#obey({ kind: 'stop' })
    if (request.kind === 'data') return this.#hear(request.data)
    return this.#command(request.command, now)
  }

  /** Words that were damaged while it listened. */
  misheard(): void {
    if (this.#listensUntil !== null) this.#dataError = true
    this.#listensUntil = null
  }

  #command(command: GilbarcoCommand, now: Mono): GilbarcoReply | null {
    const { model } = this.#head
    switch (command) {
      case 'status':
        return this.#status()
      case 'authorise':
        return this.#authorise()
      case 'stop':
        return this.#obey({ kind: 'stop' })
      case 'send-data':
        // A head that refuses commands does not listen.
        this.#listensUntil =
          this.#head.trouble.exception === null ? monoAfter(now, listensForMs) : null
        return this.#status()
      case 'transaction':
        return this.#transaction()
      case 'totals':
        return this.#totals()
      case 'running-money': {
        const price = model.sale?.pricePaisePerKg ?? 0
        return { kind: 'running-money', amountCounts: this.#money(saleGramsOf(model), price) }
      }
    }
  }

  #hear(data: GilbarcoData): null {
    if (this.#listensUntil === null) return null
    this.#listensUntil = null
    if (data.kind === 'price') {
      const pricePaisePerKg = paisePerKg(data.priceCounts)
      return this.#obey({ kind: 'price', pricePaisePerKg })
    }
    const paise = data.amountCounts * this.#scale.paisePerCount
    const price = Math.max(1, this.#head.model.pricePaisePerKg)
    this.#presetGrams = grams(Math.floor((paise * 1000) / price))
    return null
  }

  #authorise(): null {
    if (this.#head.trouble.exception !== null) return null
    const limitGrams = this.#presetGrams ?? noPresetGrams
    const { pricePaisePerKg } = this.#head.model
    this.#presetGrams = null
    this.#transactionRead = false
    return this.#obey({ kind: 'authorise', limitGrams, pricePaisePerKg, validMs: authorisedForMs })
  }

  #obey(command: ModelCommand): null {
    this.#head.become(obey(this.#head.model, command, this.#head.limits).model)
    return null
  }

  #status(): GilbarcoReply | null {
    const pump = this.#head.address & 0x0f
    if (this.#dataError) {
      this.#dataError = false
      return { kind: 'status', code: dataErrorCode, pump }
    }
    if (this.#listensUntil !== null) return { kind: 'status', code: listeningCode, pump }
    const { model, unknownState } = this.#head
    if (model.state === 'completed' && this.#transactionRead && !model.nozzleOut) {
      this.#obey({ kind: 'close' })
    }
    const now = this.#head.model
    const calling = now.state === 'idle' && now.nozzleOut
    const code = unknownState ? unknownCode : calling ? 7 : codes[now.state]
    return code === null ? null : { kind: 'status', code, pump }
  }

  #transaction(): GilbarcoReply {
    const { model } = this.#head
    this.#transactionRead = model.state === 'completed'
    const sale = model.lastSale
    return {
      kind: 'transaction',
      identity: '2003b',
      grade: 0,
      priceCounts: sale?.pricePaisePerKg ?? model.pricePaisePerKg,
      volumeCounts: Math.floor((sale?.grams ?? 0) / this.#scale.gramsPerCount),
      amountCounts: this.#money(sale?.grams ?? 0, sale?.pricePaisePerKg ?? 0),
    }
  }

  #totals(): GilbarcoReply {
    const volumeCounts = this.#head.totaliserGrams() / this.#scale.gramsPerCount
    const price = this.#head.model.pricePaisePerKg
    const prices = { firstPriceCounts: price, secondPriceCounts: price }
    return { kind: 'totals', grades: [{ grade: 0, volumeCounts, amountCounts: 0, ...prices }] }
  }

  #money(mass: number, price: number): number {
    return Math.floor(Math.floor((mass * price + 500) / 1000) / this.#scale.paisePerCount)
  }
}
