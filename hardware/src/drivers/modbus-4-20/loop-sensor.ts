import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { Millis } from '@baari/shared/units/time'
import type { Bus } from '../../ports/bus.ts'
import type {
  DriverContext,
  Health,
  RaisedFault,
  SelfTestReport,
  Unsubscribe,
} from '../../ports/device.ts'
import type { Reading } from '../../ports/reading.ts'
import type { Sensor, SensorLimits } from '../../ports/sensor.ts'
import type { ModbusReply, ModbusRequest } from '../../protocols/modbus/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import { HeldReading } from '../held-reading.ts'
import { Listeners } from '../listeners.ts'
import { PolledHealth } from '../polled-health.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { RegisterPoll } from '../register-poll.ts'
import { loopValue } from './loop-value.ts'
import { loopSensorManifest, type LoopSensorConfig } from './manifest.ts'

export { loopSensorManifest }

export type LoopSensorParts = DriverContext & { readonly bus: Bus<ModbusRequest, ModbusReply> }

type Events = { readonly readings: undefined; readonly fault: RaisedFault }

/** An instrument on a 4–20 mA loop behind a Modbus module. */
export function createLoopSensor(config: LoopSensorConfig, parts: LoopSensorParts): Sensor {
  return new LoopSensor(config, parts)
}

class LoopSensor implements Sensor {
  readonly id: string
  readonly staleMs: Millis
  readonly #limits: SensorLimits
  readonly #config: LoopSensorConfig
  readonly #held: HeldReading<number>
  readonly #health: PolledHealth
  readonly #faults: RaisedFaults
  readonly #poll: RegisterPoll
  readonly #listeners = new Listeners<Events>()

  constructor(config: LoopSensorConfig, { bus, clock }: LoopSensorParts) {
    this.id = config.id
    this.staleMs = config.staleMs
    this.#config = config
    this.#limits = { low: config.range[0], high: config.range[1] }
    this.#held = new HeldReading(config.id, { clock, staleMs: config.staleMs })
    this.#health = new PolledHealth(clock)
    this.#faults = new RaisedFaults(clock, (raised) => this.#listeners.tell('fault', raised))
    this.#poll = new RegisterPoll(config, {
      bus,
      clock,
      onWord: (word, seen) => this.#read(word, seen),
      onMissed: (why) => this.#missed(why),
    })
  }

  start(): Promise<Result<void, Fault>> {
    this.#health.started()
    this.#poll.start()
    return Promise.resolve(ok(undefined))
  }

  dispose(reason: string): Promise<void> {
    this.#poll.stop()
    this.#health.stopped(reason)
    return Promise.resolve()
  }

  health(): Health {
    return this.#health.now()
  }

  faults(): readonly RaisedFault[] {
    return this.#faults.all()
  }

  selfTest(): Promise<SelfTestReport> {
    const { quality, raw = 'nothing read' } = this.#held.now()
    const passed = quality === 'good'
    const steps = [{ name: 'loop', passed, detail: `${quality}, ${raw}` }]
    return Promise.resolve({ passed, steps })
  }

  readings(): Readonly<Record<string, Reading<number>>> {
    return { [this.#config.unit]: this.#held.now() }
  }

  limits(): Readonly<Record<string, SensorLimits>> {
    return { [this.#config.unit]: this.#limits }
  }

  onReadings(call: () => void): Unsubscribe {
    return this.#listeners.on('readings', call)
  }

  onFault(call: (raised: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  #read(
    word: number,
    seen: Parameters<ConstructorParameters<typeof RegisterPoll>[1]['onWord']>[1],
  ) {
    const { zeroCount, fullCount } = this.#config
    const scale = { zeroCount, fullCount }
    const look = loopValue(word, { scale, limits: this.#limits, unit: this.#config.unit })
    this.#health.answered()
    this.#faults.clear(
      ...this.#faults
        .all()
        .flatMap(({ fault }) => (fault.code === 'bad_reading' ? [] : fault.code)),
    )
    if (look.quality === 'bad')
      this.#faults.raise(fault('bad_reading', this.id, `${look.raw}: wire or instrument`))
    else this.#faults.clear('bad_reading')
    // A value that needed a second attempt came over a bad line (S02).
    const doubtful = seen.attempts > 1 && look.quality === 'good'
    const told = doubtful ? { ...look, quality: 'uncertain' as const } : look
    this.#held.hold(told, seen.at)
    this.#listeners.tell('readings', undefined)
  }

  #missed(why: Fault): void {
    this.#health.missed(why.hint)
    if (this.#health.now().state === 'offline') this.#faults.raise(why)
    this.#listeners.tell('readings', undefined)
  }
}
