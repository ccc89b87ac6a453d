import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, type Mono } from '@baari/shared/units/time'
import type { DeviceMode, DriverContext, Health, Unsubscribe } from '../../ports/device.ts'
import {
  nozzleNo,
  type Ack,
  type AuthoriseCommand,
  type Dispenser,
  type DispenserCommand,
  type DispenserEvents,
  type NozzleNo,
  type PriceCommand,
} from '../../ports/dispenser.ts'
import { fault } from '../../transports/line-faults.ts'
import { Listeners } from '../listeners.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { AnsweredCommands } from './answered-commands.ts'
import type { ModbusBus, ModbusStation } from './block-reader.ts'
import { LiveWatch } from './live-watch.ts'
import { modbusMeterManifest, type ModbusMeterConfig } from './manifest.ts'
import { MeterCommands, type MeterCommand } from './meter-commands.ts'
import { MeterPolling } from './meter-polling.ts'
import { readLastSale, readTotals, type MeterLimits } from './meter-readings.ts'
import { selfTestMeter } from './meter-self-test.ts'
import { shippedMap, totalIsExact, type RegisterMap } from './register-map.ts'

/** What the driver needs besides its configuration. */
export type ModbusMeterParts = DriverContext & {
  readonly bus: ModbusBus
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
}

export { modbusMeterManifest }

/** A mass meter or a controllable head on a Modbus line, as a dispenser. */
export function createModbusMeter(config: ModbusMeterConfig, parts: ModbusMeterParts): Dispenser {
  return new ModbusMeter(config, parts)
}

class ModbusMeter implements Dispenser {
  readonly id: string
  readonly nozzles: readonly NozzleNo[]
  readonly #config: ModbusMeterConfig
  readonly #map: RegisterMap
  readonly #station: ModbusStation
  readonly #limits: MeterLimits
  readonly #mode: DeviceMode
  readonly #listeners = new Listeners<DispenserEvents>()
  readonly #faults: RaisedFaults
  readonly #watch: LiveWatch
  readonly #polling: MeterPolling
  readonly #commands: MeterCommands | null
  readonly #answered = new AnsweredCommands()
  #startedMono: Mono | null = null
  #stopped = false

  constructor(config: ModbusMeterConfig, { bus, clock, log, stationControl }: ModbusMeterParts) {
    this.id = config.id
    this.#config = config
    this.#map = typeof config.map === 'string' ? shippedMap(config.map) : config.map
    this.#mode = stationControl ? config.mode : 'poll'
    const nozzle = nozzleNo(config.nozzle)
    this.nozzles = [nozzle]
    const { address, timeoutMs, maxFlowGramsPerSecond } = config
    this.#station = { deviceId: config.id, bus, clock, address, map: this.#map, timeoutMs }
    this.#limits = { maxFlowGramsPerSecond, widthGrams: config.widthGrams ?? this.#map.widthGrams }
    this.#faults = new RaisedFaults(clock, (raised) => {
      log({
        level: 'warn',
        event: 'dispenser-fault',
        fields: { device: config.id, code: raised.fault.code, hint: raised.fault.hint },
      })
      this.#listeners.tell('fault', raised)
    })
    this.#watch = new LiveWatch(clock, config.id, this.#limits)
    const { command } = this.#map
    this.#commands = command === undefined ? null : new MeterCommands(this.#station, command)
    this.#polling = new MeterPolling({
      station: this.#station,
      nozzle,
      watch: this.#watch,
      faults: this.#faults,
      listeners: this.#listeners,
      pollMs: config.pollMs,
      activePollMs: config.activePollMs,
    })
  }

  start(): Promise<Result<void, Fault>> {
    this.#startedMono ??= this.#station.clock.mono()
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
    const sinceMono = this.#startedMono ?? this.#station.clock.mono()
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
    return selfTestMeter(this.#station, this.#limits)
  }

  status(nozzle: NozzleNo) {
    const reading = this.#watch.reading()
    return this.nozzles.includes(nozzle)
      ? reading
      : { ...reading, value: null, quality: 'bad' as const }
  }

  refresh(_nozzle: NozzleNo): void {
    this.#polling.hurry(millis(0))
  }

  totals(_nozzle: NozzleNo) {
    return readTotals(this.#station, this.#limits)
  }

  lastSale(nozzle: NozzleNo) {
    return readLastSale(this.#station, nozzle)
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

  #command(command: MeterCommand, objection: Fault | null = null): Promise<Result<Ack, Fault>> {
    return this.#answered.once(command.cmdId, async () => {
      const commands = this.#commands
      if (this.#mode !== 'control' || commands === null) {
        return err(fault('dispenser_refused', this.id, `mode ${this.#mode}: nothing is sent`))
      }
      if (!this.nozzles.includes(command.nozzle)) {
        return err(fault('dispenser_refused', this.id, `no nozzle ${command.nozzle}`))
      }
      if (objection !== null) return err(objection)
      const answer = await commands.send(command)
      this.#polling.hurry(millis(0))
      return answer
    })
  }

  /** Why nothing may be authorised now: gas only flows on what we know for certain. */
  #notReady(): Fault | null {
    if (!(this.#map.verified || this.#config.commissioned) || !totalIsExact(this.#map)) {
      return fault('device_unverified', this.id, `map ${this.#map.name} is not fit to sell by`)
    }
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
