import type { DeviceLook, DeviceState } from '@baari/edge/domain/position/device-look'
import type { AuthoriseOrder, NozzleDevice } from '@baari/edge/ports/nozzle-device'
import { obey, type ModelCommand } from '@baari/hardware/simulators/dispenser-commands'
import {
  hangUp,
  liftNozzle,
  newDispenser,
  reportedState,
  saleGramsOf,
  step,
  totaliserOf,
  usualLimits,
  type DispenserModel,
} from '@baari/hardware/simulators/dispenser-model'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import { between, happens } from './chance.ts'
import type { WorldParts } from './world-parts.ts'

const lineFault: Fault = {
  kind: 'fault',
  code: 'bus_timeout',
  device: 'dispenser',
  latching: false,
  retrySafe: true,
  hint: 'lost in the simulated world',
}

const words: { readonly [S in ReturnType<typeof reportedState>]: DeviceState } = {
  inoperative: 'out-of-order',
  fault: 'out-of-order',
  closed: 'closed',
  idle: 'idle',
  calling: 'calling',
  authorised: 'authorised',
  started: 'running',
  fuelling: 'running',
  suspended: 'suspended',
  completed: 'completed',
}

type Ends = {
  readonly alive: () => boolean
  /** The node's side of the line is in its socket. */
  readonly plugged: () => boolean
}

/** Gas flows in pieces as large as a checkpoint; 150 g/s is a usual nozzle. */
const pieceMilligrams = 250_000
const pieceMs = 1_667
const replyMs = 40
/** The head forgets an authorisation that nobody uses. */
const authorisationMs = 120_000
const quiet = { next: () => 0.5 }

/**
 * A dispenser with one nozzle as it stands on the ground: it outlives every process, goes on under
 * its own limit when nobody speaks to it, and its counter is the witness of all gas.
 */
export class SimNozzle {
  readonly openedGrams: Grams
  /** The line between the node and this head. */
  lineUp = true
  /** Called when the head has taken an authorisation. */
  onAuthorised: () => void = () => undefined
  /** Called when gas may begin to flow. */
  onOpen: () => void = () => undefined
  /** Called when the vehicle takes no more, or the head has closed its valve. */
  onRest: () => void = () => undefined
  #model: DispenserModel
  #flowing = false
  #authorisation = 0
  readonly #parts: WorldParts
  readonly #name: string
  readonly #prng
  readonly #listeners = new Set<() => void>()

  constructor(parts: WorldParts, name: string) {
    this.#parts = parts
    this.#name = name
    this.#prng = parts.prng(`nozzle ${name}`)
    const totaliserGrams = grams(1_000_000 + Math.floor(this.#prng.next() * 1_000_000))
    this.#model = newDispenser({ totaliserGrams, pricePaisePerKg: paisePerKg(0) })
    this.openedGrams = this.totaliserGrams()
  }

  totaliserGrams(): Grams {
    return totaliserOf(this.#model, usualLimits)
  }

  state(): DeviceState {
    return words[reportedState(this.#model)]
  }

  /** Gas can flow, or a lift would start it. */
  isManual(): boolean {
    return this.#model.manualMode
  }

  setManual(manualMode: boolean): void {
    this.#become({ ...this.#model, manualMode })
  }

  /** The driver's act; gas flows when the head was authorised or sells by itself. */
  lift(roomGrams: number): void {
    this.#become({ ...liftNozzle(this.#model), vehicleRoomMilligrams: roomGrams * 1000 })
  }

  hangUp(): void {
    this.#become({ ...hangUp(this.#model, usualLimits), vehicleRoomMilligrams: null })
  }

  setLine(up: boolean): void {
    this.lineUp = up
    this.#tell()
  }

  /** What one process of the station sees and sends; a dead process sends nothing. */
  device({ alive, plugged }: Ends): NozzleDevice {
    const silent = <T>(): Promise<T> => new Promise(() => undefined)
    const asked = <T>(act: () => T): Promise<T> => (alive() ? this.#reply(act) : silent())
    const command = (kind: 'stop' | 'close') =>
      asked(() =>
        !plugged() || this.#command({ kind }) === 'unanswered' ? err(lineFault) : ok(undefined),
      )
    return {
      id: this.#name,
      look: () => this.#look(plugged()),
      unfit: () => null,
      refresh: () => undefined,
      totals: () =>
        asked(() => {
          const total = this.totaliserGrams()
          return this.lineUp && plugged()
            ? ok({ grams: total, raw: String(total) })
            : err(lineFault)
        }),
      lastSale: () =>
        asked(() => (this.lineUp && plugged() ? ok(this.#lastSale()) : err(lineFault))),
      authorise: (order) => asked(() => (plugged() ? this.#authorise(order) : 'unanswered')),
      stop: () => command('stop'),
      close: () => command('close'),
      onLook: (call) => {
        const guarded = (): void => {
          if (alive()) call()
        }
        this.#listeners.add(guarded)
        return () => this.#listeners.delete(guarded)
      },
      onFault: () => () => undefined,
    }
  }

  #reply<T>(act: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#parts.timeline.after(`${this.#name} reply`, replyMs, () => resolve(act()))
    })
  }

  #look(plugged: boolean): DeviceLook {
    const model = this.#model
    const readable = this.lineUp && plugged
    return {
      state: readable ? this.state() : null,
      quality: readable ? 'good' : 'stale',
      nozzleOut: model.nozzleOut,
      saleGrams: saleGramsOf(model),
      totaliserGrams: totaliserOf(model, usualLimits),
      saleSequence: model.sequence,
      bootEpoch: model.bootEpoch,
      raw: null,
    }
  }

  #lastSale() {
    const { lastSale } = this.#model
    if (lastSale === null) return null
    const { sequence, bootEpoch, grams: sold, openingTotalGrams } = lastSale
    return { sequence, bootEpoch, grams: sold, openingGrams: openingTotalGrams }
  }

  #authorise({ limitGrams, pricePaisePerKg }: AuthoriseOrder) {
    const validMs = millis(authorisationMs)
    const answer = this.#command({ kind: 'authorise', limitGrams, pricePaisePerKg, validMs })
    return answer === 'accepted' ? 'acknowledged' : answer
  }

  /** A command may be lost on its way, obeyed twice, or obeyed without anybody hearing of it. */
  #command(command: ModelCommand): 'accepted' | 'rejected' | 'unanswered' {
    const { lostCommand, lostReply, doubledCommand } = this.#parts.faults()
    if (!this.lineUp || happens(this.#prng, lostCommand)) return 'unanswered'
    const first = obey(this.#model, command, usualLimits)
    const again = happens(this.#prng, doubledCommand)
    if (command.kind === 'authorise' && first.verdict === 'accepted') this.onAuthorised()
    const { model } = again ? obey(first.model, command, usualLimits) : first
    this.#become(model)
    if (happens(this.#prng, lostReply)) return 'unanswered'
    return first.verdict === 'accepted' ? 'accepted' : 'rejected'
  }

  #become(next: DispenserModel): void {
    const before = this.#model
    this.#model = next
    if (next.state === 'authorised' && before.state !== 'authorised') this.#awaitLift()
    const open = next.state === 'started' || next.state === 'fuelling'
    if (open && !this.#flowing) this.#open()
    if (!open && this.#flowing) {
      this.#flowing = false
      this.onRest()
    }
    this.#tell()
  }

  #awaitLift(): void {
    const mine = (this.#authorisation += 1)
    this.#parts.timeline.after(`${this.#name} authorisation over`, authorisationMs, () => {
      if (this.#authorisation !== mine || this.#model.state !== 'authorised') return
      this.#become({ ...this.#model, state: 'idle', authorisation: null })
    })
  }

  #open(): void {
    this.#flowing = true
    this.onOpen()
    this.#flowSoon()
  }

  #flowSoon(): void {
    const inMs = pieceMs * between(this.#prng, 0.8, 1.2)
    this.#parts.timeline.after(`${this.#name} flow`, inMs, () => this.#flow())
  }

  #flow(): void {
    if (!this.#flowing) return
    const room = this.#model.vehicleRoomMilligrams ?? 0
    if (room === 0) return this.onRest()
    const piece = { ...this.#model, vehicleRoomMilligrams: Math.min(room, pieceMilligrams) }
    const after = step(piece, usualLimits, { ms: millis(3_600_000), prng: quiet })
    const flowed = after.deliveredMilligrams - piece.deliveredMilligrams
    this.#become({ ...after, vehicleRoomMilligrams: room - flowed })
    if (this.#flowing) this.#flowSoon()
  }

  #tell(): void {
    for (const call of [...this.#listeners]) call()
  }
}
