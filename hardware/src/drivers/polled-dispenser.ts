import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, type Millis, type Mono } from '@baari/shared/units/time'
import type { DeviceMode, DriverContext, Health, Unsubscribe } from '../ports/device.ts'
import type {
  Ack,
  AuthoriseCommand,
  Dispenser,
  DispenserCommand,
  DispenserEvents,
  NozzleNo,
  PriceCommand,
} from '../ports/dispenser.ts'
import { fault } from '../transports/line-faults.ts'
import { AnsweredCommands } from './answered-commands.ts'
import { DispenserPolling } from './dispenser-polling.ts'
import type { DispenserWire, WireCommand } from './dispenser-wire.ts'
import { Listeners } from './listeners.ts'
import type { MeterLimits } from './live-frame.ts'
import { LiveWatch } from './live-watch.ts'
import { RaisedFaults } from './raised-faults.ts'

/** What every driver's configuration says. `mode` is already lowered by `station.control`. */
export type DispenserSetup = {
  readonly id: string
  readonly mode: DeviceMode
  readonly limits: MeterLimits
  readonly pollMs: Millis
  /** While a vehicle is being filled. */
  readonly activePollMs: Millis
}

/**
 * A dispenser on any protocol that is asked over and over: the promises of the port that do not
 * depend on the bytes. Trust and staleness, events in their order, one answer per command id, and
 * no command outside mode `control`.
 */
export class PolledDispenser implements Dispenser {
  readonly id: string
  readonly nozzles: readonly NozzleNo[]
  readonly #wire: DispenserWire
  readonly #clock: Clock
  readonly #mode: DeviceMode
  readonly #listeners = new Listeners<DispenserEvents>()
  readonly #faults: RaisedFaults
  readonly #watch: LiveWatch
  readonly #polling: DispenserPolling
  readonly #answered = new AnsweredCommands()
  #startedMono: Mono | null = null
  #stopped = false

  constructor(wire: DispenserWire, setup: DispenserSetup, { clock, log }: DriverContext) {
    this.id = setup.id
    this.#wire = wire
    this.#clock = clock
    this.#mode = setup.mode
    this.nozzles = [wire.nozzle]
    this.#faults = new RaisedFaults(clock, (raised) => {
      log({
        level: 'warn',
        event: 'dispenser-fault',
        fields: { device: setup.id, code: raised.fault.code, hint: raised.fault.hint },
      })
      this.#listeners.tell('fault', raised)
    })
    this.#watch = new LiveWatch(clock, setup.id, setup.limits)
    const { pollMs, activePollMs } = setup
    this.#polling = new DispenserPolling({
      ...{ deviceId: setup.id, wire, clock, pollMs, activePollMs },
      watch: this.#watch,
      faults: this.#faults,
      listeners: this.#listeners,
    })
  }

  start(): Promise<Result<void, Fault>> {
    this.#startedMono ??= this.#clock.mono()
    this.#stopped = false
    this.#polling.start()
    return Promise.resolve(ok(undefined))
  }

  dispose(_reason: string): Promise<void> {
    this.#stopped = true
    this.#polling.stop()
    return Promise.resolve()
  }

  health(): Health {
    const reading = this.#watch.reading()
    const { missed } = this.#watch
    const sinceMono = this.#startedMono ?? this.#clock.mono()
    const common = { sinceMono, missedPolls: missed }
    if (this.#stopped || this.#startedMono === null) {
      return { ...common, state: 'stopped', detail: 'not started' }
    }
    if (reading.quality !== 'stale') {
      return { ...common, state: 'online', detail: `last frame is ${reading.quality}` }
    }
    const never = this.#watch.latest === null && missed === 0
    const detail = `no valid frame, ${missed} polls missed`
    return { ...common, state: never ? 'starting' : 'offline', detail }
  }

  faults() {
    return this.#faults.all()
  }

  selfTest() {
    return this.#wire.selfTest()
  }

  status(nozzle: NozzleNo) {
    const reading = this.#watch.reading()
    return this.nozzles.includes(nozzle)
      ? reading
      : { ...reading, value: null, quality: 'bad' as const }
  }

  unfit(): Fault | null {
    if (this.#mode !== 'control' || this.#wire.send === null) {
      return fault('dispenser_refused', this.id, `mode ${this.#mode}: nothing is sent`)
    }
    return this.#wire.unfit()
  }

  refresh(_nozzle: NozzleNo): void {
    this.#polling.hurry(millis(0))
  }

  totals(_nozzle: NozzleNo) {
    return this.#wire.totals()
  }

  lastSale(_nozzle: NozzleNo) {
    return this.#wire.lastSale()
  }

  authorise(command: AuthoriseCommand): Promise<Result<Ack, Fault>> {
    const { cmdId, nozzle, limitGrams, pricePaisePerKg, expiresAtMono } = command
    return this.#command(
      { kind: 'authorise', cmdId, nozzle, limitGrams, pricePaisePerKg, expiresAtMono },
      this.#notReady(),
    )
  }

  stop({ cmdId, nozzle }: DispenserCommand): Promise<Result<Ack, Fault>> {
    return this.#command({ kind: 'stop', cmdId, nozzle })
  }

  suspend({ cmdId, nozzle }: DispenserCommand): Promise<Result<Ack, Fault>> {
    return this.#command({ kind: 'suspend', cmdId, nozzle })
  }

  resume({ cmdId, nozzle }: DispenserCommand): Promise<Result<Ack, Fault>> {
    return this.#command({ kind: 'resume', cmdId, nozzle }, this.#notTrusted())
  }

  close({ cmdId, nozzle }: DispenserCommand): Promise<Result<Ack, Fault>> {
    return this.#command({ kind: 'close', cmdId, nozzle })
  }

  setPrice({ cmdId, nozzle, pricePaisePerKg }: PriceCommand): Promise<Result<Ack, Fault>> {
    return this.#command({ kind: 'price', cmdId, nozzle, pricePaisePerKg })
  }

  on<K extends keyof DispenserEvents>(
    event: K,
    call: (event: DispenserEvents[K]) => void,
  ): Unsubscribe {
    return this.#listeners.on(event, call)
  }

  #command(command: WireCommand, objection: Fault | null = null): Promise<Result<Ack, Fault>> {
    return this.#answered.once(command.cmdId, async () => {
      const { send } = this.#wire
      if (this.#mode !== 'control' || send === null) {
        return err(fault('dispenser_refused', this.id, `mode ${this.#mode}: nothing is sent`))
      }
      if (!this.nozzles.includes(command.nozzle)) {
        return err(fault('dispenser_refused', this.id, `no nozzle ${command.nozzle}`))
      }
      if (objection !== null) return err(objection)
      const answer = await send(command)
      this.#polling.hurry(millis(0))
      return answer
    })
  }

  /** Why nothing may be authorised now: gas only flows on what we know for certain. */
  #notReady(): Fault | null {
    const unfit = this.#wire.unfit()
    if (unfit !== null) return unfit
    return this.#notTrusted()
  }

  #notTrusted(): Fault | null {
    const { quality, value } = this.#watch.reading()
    if (value?.state === 'fault') {
      return fault('dispenser_unknown_state', this.id, this.#watch.latest?.rawHex ?? '')
    }
    return quality === 'good' ? null : fault('bad_reading', this.id, `status is ${quality}`)
  }
}
