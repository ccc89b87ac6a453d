import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { instant, millis, mono, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { Bus } from '../../ports/bus.ts'
import type { DriverContext, Health, RaisedFault, Unsubscribe } from '../../ports/device.ts'
import type { Quality, Reading } from '../../ports/reading.ts'
import type { Sensor } from '../../ports/sensor.ts'
import type { TankInventory, TlsReply, TlsRequest } from '../../protocols/tls350/frames.ts'
import { hexText } from '../../protocols/modbus/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import { Listeners } from '../listeners.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { tls350Manifest, type Tls350Config } from './manifest.ts'
import { tankLimits, tankValueNames, tankValues, type TankValue } from './tank-values.ts'

export type TlsBus = Bus<TlsRequest, TlsReply>
export type Tls350Parts = DriverContext & { readonly bus: TlsBus }

export { tls350Manifest }

/** One tank of a Veeder-Root TLS-350, read over and over (docs/protocols/tls350.md). */
export function createTls350Gauge(config: Tls350Config, parts: Tls350Parts): Sensor {
  return new Tls350Gauge(config, parts)
}

type Heard = {
  readonly values: readonly TankValue[]
  readonly at: Mono
  readonly wallMs: number
  readonly raw: string
  /** A second attempt was needed (S02). */
  readonly uncertain: boolean
}

type Events = { readonly readings: undefined; readonly fault: RaisedFault }

const retries = 1
/** After this a person must act first; the gauge is not asked in a storm. */
const configurationPauseMs = millis(60_000)

class Tls350Gauge implements Sensor {
  readonly id: string
  readonly staleMs: Millis
  readonly #config: Tls350Config
  readonly #bus: TlsBus
  readonly #clock: Clock
  readonly #listeners = new Listeners<Events>()
  readonly #faults: RaisedFaults
  #cancel: Unsubscribe = () => undefined
  #unsubscribe: Unsubscribe = () => undefined
  #startedMono: Mono | null = null
  #running = false
  #asking = false
  #heard: Heard | null = null
  /** The newest good value of each name. */
  readonly #good = new Map<string, { readonly value: number; readonly heard: Heard }>()
  #missed = 0

  constructor(config: Tls350Config, { bus, clock, log }: Tls350Parts) {
    this.id = config.id
    this.staleMs = config.staleMs
    this.#config = config
    this.#bus = bus
    this.#clock = clock
    this.#faults = new RaisedFaults(clock, (raised) => {
      const { code, hint } = raised.fault
      log({ level: 'warn', event: 'sensor-fault', fields: { device: config.id, code, hint } })
      this.#listeners.tell('fault', raised)
    })
  }

  start(): Promise<Result<void, Fault>> {
    if (!this.#running) {
      this.#running = true
      this.#startedMono ??= this.#clock.mono()
      this.#unsubscribe = this.#bus.onState(
        (state) => state === 'open' && this.#askAfter(millis(0)),
      )
      this.#askAfter(millis(0))
    }
    return Promise.resolve(ok(undefined))
  }

  dispose(_reason: string): Promise<void> {
    this.#running = false
    this.#cancel()
    this.#unsubscribe()
    return Promise.resolve()
  }

  health(): Health {
    const sinceMono = this.#startedMono ?? this.#clock.mono()
    const common = { sinceMono, missedPolls: this.#missed }
    if (!this.#running) return { ...common, state: 'stopped', detail: 'not started' }
    if (this.#heard === null && this.#missed === 0) {
      return { ...common, state: 'starting', detail: 'not asked yet' }
    }
    const state = this.#missed === 0 && !this.#isStale() ? 'online' : 'offline'
    return { ...common, state, detail: `${this.#missed} polls missed` }
  }

  faults(): readonly RaisedFault[] {
    return this.#faults.all()
  }

  async selfTest() {
    const name = `tank ${this.#config.tank}`
    const read = await this.#read()
    if (!read.ok)
      return { passed: false, steps: [{ name, passed: false, detail: read.error.hint }] }
    const unreadable = read.value.values.filter(({ value }) => value === null)
    const passed = unreadable.length === 0
    const detail = passed ? 'every value can be read' : unreadable.map((one) => one.name).join(', ')
    return { passed, steps: [{ name, passed, detail }] }
  }

  readings(): Readonly<Record<string, Reading<number>>> {
    return Object.fromEntries(tankValueNames.map((name) => [name, this.#readingOf(name)]))
  }

  limits() {
    return tankLimits()
  }

  onReadings(call: () => void): Unsubscribe {
    return this.#listeners.on('readings', call)
  }

  onFault(call: (fault: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  #readingOf(name: string): Reading<number> {
    const good = this.#good.get(name)
    const lastGood = good === undefined ? {} : { lastGood: lastGoodOf(good) }
    const heard = this.#heard
    const source = this.id
    if (heard === null) {
      const never = { at: this.#clock.now(), mono: mono(0), source }
      return { value: null, quality: 'stale', ...never }
    }
    const value = heard.values.find((one) => one.name === name)?.value ?? null
    const quality = this.#isStale() ? 'stale' : qualityOf(value, heard)
    return {
      value: quality === 'stale' ? null : value,
      quality,
      at: instant(heard.wallMs),
      mono: heard.at,
      source,
      raw: heard.raw,
      ...lastGood,
    }
  }

  #isStale(): boolean {
    const heard = this.#heard
    return heard === null || this.#clock.mono() - heard.at > this.staleMs
  }

  #askAfter(pause: Millis): void {
    if (!this.#running || this.#asking) return
    this.#cancel()
    this.#cancel = this.#clock.after('gauge-poll', pause, () => void this.#ask())
  }

  async #ask(): Promise<void> {
    this.#asking = true
    const read = await this.#read()
    this.#asking = false
    if (!this.#running) return
    this.#askAfter(read.ok ? this.#take(read.value) : this.#miss(read.error))
  }

  #take(heard: Heard): Millis {
    this.#missed = 0
    this.#heard = heard
    this.#faults.clear('bus_timeout', 'bus_offline', 'port_unavailable', 'controller_configuration')
    const unreadable = heard.values.filter(({ value }) => value === null).map(({ name }) => name)
    if (unreadable.length === 0) this.#faults.clear('bad_reading')
    else this.#faults.raise(fault('bad_reading', this.id, unreadable.join(', ')))
    for (const { name, value } of heard.values) {
      if (value !== null && !heard.uncertain) this.#good.set(name, { value, heard })
    }
    this.#listeners.tell('readings', undefined)
    return this.#config.pollMs
  }

  #miss(error: Fault): Millis {
    this.#missed += 1
    this.#faults.raise(error)
    this.#listeners.tell('readings', undefined)
    const { pollMs } = this.#config
    return error.code === 'controller_configuration' ? configurationPauseMs : pollMs
  }

  /** One look. A reply that was given up cannot be taken for the next: its form is another (S05). */
  async #read(): Promise<Result<Heard, Fault>> {
    const { tank, timeoutMs, measures } = this.#config
    const own = String(tank).padStart(2, '0')
    const read = (fn: string, of: string): TlsRequest => ({ kind: 'read', fn, tank: of })
    const answer = await this.#bus.exchange({
      // All tanks hold ours too; the report only shows that nothing older is on its way.
      forms: [read('201', own), read('201', '00'), read('101', '00')],
      priority: 'slow',
      timeoutMs,
      retries,
      deadline: monoAfter(this.#clock.mono(), millis(4 * timeoutMs)),
    })
    if (!answer.ok) return err({ ...answer.error, device: this.id })
    const { reply, at, attempts, raw } = answer.value
    const found = tankIn(reply, own)
    if (!found.ok) return err(fault(found.error.code, this.id, found.error.hint))
    return ok({
      values: tankValues(found.value, measures),
      at,
      wallMs: this.#clock.now(),
      raw: hexText(raw),
      uncertain: attempts > 1,
    })
  }
}

function qualityOf(value: number | null, { uncertain }: Heard): Quality {
  if (value === null) return 'bad'
  return uncertain ? 'uncertain' : 'good'
}

function lastGoodOf({ value, heard }: { readonly value: number; readonly heard: Heard }) {
  return { value, at: instant(heard.wallMs), mono: heard.at }
}

type NoTank = {
  readonly code: 'bus_timeout' | 'bad_reading' | 'controller_configuration'
  readonly hint: string
}

function tankIn(reply: TlsReply, own: string): Result<TankInventory, NoTank> {
  switch (reply.kind) {
    case 'unknown-command': {
      const hint = 'the gauge does not know the inventory, or its board forbids it'
      return err({ code: 'controller_configuration', hint })
    }
    case 'report':
      return err({ code: 'bus_timeout', hint: 'only the report was answered' })
    case 'inventory': {
      const found = reply.tanks.find(({ tank }) => tank === own)
      return found === undefined
        ? err({ code: 'bad_reading', hint: `tank ${own} is not in the reply` })
        : ok(found)
    }
  }
}
