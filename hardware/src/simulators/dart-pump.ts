import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import { createReceivedBlocks, createSentSequence } from '../protocols/wayne-dart/block-sequence.ts'
import type { DartHostFrame, DartPumpFrame } from '../protocols/wayne-dart/frames.ts'
import type { HostPart, PumpPart } from '../protocols/wayne-dart/parts.ts'
import type { DartCommand } from '../protocols/wayne-dart/tables.ts'
import { obey, type ModelCommand } from './dispenser-commands.ts'
import { saleGramsOf, type DispenserModel } from './dispenser-model.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

/** One step of the volume on the display, which on a CNG head is mass. */
export type DartScale = { readonly gramsPerCount: Grams }

/** The only nozzle of the head. */
const nozzle = 1
/** A code that is not in the table (D14). */
const unknownCode = 3
/** Without a preset the pump sells until the nozzle is hung up. */
const noPresetGrams = grams(99_999_999)
/** The protocol has no expiry: the pump forgets an authorisation after its own time. */
const authorisedForMs = millis(600_000)

const codes: Readonly<Record<DispenserModel['state'], number>> = {
  inoperative: 0,
  idle: 1,
  authorised: 2,
  started: 4,
  fuelling: 4,
  completed: 5,
  closed: 7,
  suspended: 8,
  fault: unknownCode,
}
const limitReachedCode = 6

const plainCommands: Readonly<Partial<Record<DartCommand, ModelCommand>>> = {
  reset: { kind: 'close' },
  stop: { kind: 'stop' },
  suspend: { kind: 'suspend' },
  resume: { kind: 'resume' },
}

type Due = 'filling' | 'nozzle' | 'status' | 'totals'

/**
 * A pump that speaks DART (docs/protocols/wayne-dart.md) with the model of a head behind it. It
 * acknowledges every whole block, obeys it once, and tells what is due when it is polled; what was
 * not acknowledged it tells again.
 */
export class DartPump {
  readonly #head: SimulatedDispenser
  readonly #scale: DartScale
  readonly #received = createReceivedBlocks()
  readonly #sequence = createSentSequence()
  readonly #due = new Set<Due>()
  #unacknowledged: DartPumpFrame | null = null
  #presetGrams: Grams | null = null
  /** Code and nozzle as they were told last. */
  #told = ''

  constructor(head: SimulatedDispenser, scale: DartScale) {
    this.#head = head
    this.#scale = scale
  }

  /** What the pump answers to a frame addressed to it; null for an acknowledgement alone. */
  answer(frame: DartHostFrame, raw: Uint8Array): DartPumpFrame | null {
    switch (frame.kind) {
      case 'data':
        return this.#block(frame.sequence, frame.parts, raw)
      case 'ack':
        this.#acknowledged(frame.sequence)
        return null
      case 'ack-poll':
        this.#acknowledged(frame.sequence)
        return this.#tell()
      case 'poll':
        return this.#tell()
    }
  }

  #block(sequence: number, parts: readonly HostPart[], raw: Uint8Array): DartPumpFrame {
    const { address, trouble } = this.#head
    if (trouble.exception !== null) return { kind: 'nak', address, sequence }
    // The acknowledgement of an obeyed block was lost: it is given again and nothing happens (D08).
    if (this.#received.received(sequence, raw) === 'new') {
      for (const part of parts) this.#obey(part)
    }
    return { kind: 'ack', address, sequence }
  }

  #acknowledged(sequence: number): void {
    const waiting = this.#unacknowledged
    if (waiting?.kind === 'data' && waiting.sequence === sequence) this.#unacknowledged = null
  }

  #tell(): DartPumpFrame {
    const { address } = this.#head
    if (this.#unacknowledged !== null) return this.#unacknowledged
    const seen = `${this.#code()} ${this.#head.model.nozzleOut}`
    if (seen !== this.#told) for (const due of ['nozzle', 'status'] as const) this.#due.add(due)
    this.#told = seen
    if (this.#due.size === 0) return { kind: 'eot', address, sequence: 0 }
    const order: readonly Due[] = ['filling', 'nozzle', 'status', 'totals']
    const parts = order.filter((due) => this.#due.has(due)).map((due) => this.#part(due))
    this.#due.clear()
    const sequence = this.#sequence.next()
    this.#unacknowledged = { kind: 'data', address, sequence, parts }
    return this.#unacknowledged
  }

  #obey(part: HostPart): void {
    switch (part.kind) {
      case 'command':
        return this.#command(part.command)
      case 'price-update':
        return this.#model({
          kind: 'price',
          pricePaisePerKg: paisePerKg(part.priceCounts[0] ?? 0),
        })
      case 'preset-volume':
        this.#presetGrams = grams(part.volumeCounts * this.#scale.gramsPerCount)
        return
      case 'preset-amount': {
        const price = Math.max(1, this.#head.model.pricePaisePerKg)
        this.#presetGrams = grams(Math.floor((part.amountCounts * 1000) / price))
        return
      }
      case 'request-totals':
        this.#due.add('totals')
        return
      case 'allowed-nozzles':
      case 'other':
    }
  }

  #command(command: DartCommand): void {
    const plain = plainCommands[command]
    if (plain !== undefined) this.#model(plain)
    if (command === 'reset') this.#presetGrams = null
    if (command === 'authorise') {
      const limitGrams = this.#presetGrams ?? noPresetGrams
      const { pricePaisePerKg } = this.#head.model
      this.#model({ kind: 'authorise', limitGrams, pricePaisePerKg, validMs: authorisedForMs })
      this.#presetGrams = null
    }
    if (command === 'return-status') this.#due.add('nozzle').add('status')
    if (command === 'return-filling-information') this.#due.add('filling').add('nozzle')
    if (command === 'return-prices') this.#due.add('nozzle')
  }

  /** A command that the state does not allow is acknowledged and changes nothing. */
  #model(command: ModelCommand): void {
    this.#head.become(obey(this.#head.model, command, this.#head.limits).model)
  }

  #code(): number {
    const { model, unknownState } = this.#head
    if (unknownState) return unknownCode
    const limit = model.sale?.limitGrams ?? null
    const reached = limit !== null && saleGramsOf(model) >= limit
    return model.state === 'completed' && reached ? limitReachedCode : codes[model.state]
  }

  #part(due: Due): PumpPart {
    const { model } = this.#head
    switch (due) {
      case 'status':
        return { kind: 'status', code: this.#code() }
      case 'nozzle': {
        const priceCounts = model.sale?.pricePaisePerKg ?? model.pricePaisePerKg
        return { kind: 'nozzle', priceCounts, nozzle, nozzleOut: model.nozzleOut, spareBits: 0 }
      }
      case 'filling':
        return this.#filling()
      case 'totals': {
        const totalCounts = this.#head.totaliserGrams() / this.#scale.gramsPerCount
        return { kind: 'totals', nozzle, totalCounts, meterCounts: [totalCounts, 0] }
      }
    }
  }

  /** The running sale, or the last one until the next is authorised. */
  #filling(): PumpPart {
    const { model } = this.#head
    const resting = model.sale === null && model.state !== 'authorised'
    const sold = resting ? (model.lastSale?.grams ?? 0) : saleGramsOf(model)
    const price = model.sale?.pricePaisePerKg ?? model.lastSale?.pricePaisePerKg ?? 0
    const volumeCounts = Math.floor(sold / this.#scale.gramsPerCount)
    const amountCounts = Math.floor((sold * price + 500) / 1000)
    return { kind: 'filling', volumeCounts, amountCounts }
  }
}
