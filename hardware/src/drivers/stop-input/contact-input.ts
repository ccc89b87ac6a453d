import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { Millis, Mono } from '@baari/shared/units/time'
import type { Health, RaisedFault, SelfTestReport, Unsubscribe } from '../../ports/device.ts'
import type { Reading } from '../../ports/reading.ts'
import type { StopInput, StopState } from '../../ports/stop-input.ts'
import { HeldReading } from '../held-reading.ts'
import { Listeners } from '../listeners.ts'
import { PolledHealth } from '../polled-health.ts'
import { RaisedFaults } from '../raised-faults.ts'

export type ContactConfig = {
  readonly id: string
  readonly active: 'open' | 'closed'
  readonly staleMs: Millis
}

/** Where the contact is read; `closed` true means that current flows through it. */
export type ContactSource = (told: {
  readonly onContact: (closed: boolean, at: Mono, sure: boolean) => void
  readonly onMissed: (fault: Fault) => void
}) => { start(): void; stop(): void }

type Events = { readonly change: Reading<StopState>; readonly fault: RaisedFault }

/** The emergency stop's contact, wherever it is read. */
export class ContactInput implements StopInput {
  readonly id: string
  readonly #active: 'open' | 'closed'
  readonly #held: HeldReading<StopState>
  readonly #health: PolledHealth
  readonly #faults: RaisedFaults
  readonly #source: ReturnType<ContactSource>
  readonly #listeners = new Listeners<Events>()
  #told = ''

  constructor(config: ContactConfig, { clock, source }: { clock: Clock; source: ContactSource }) {
    this.id = config.id
    this.#active = config.active
    this.#held = new HeldReading(config.id, { clock, staleMs: config.staleMs })
    this.#health = new PolledHealth(clock)
    this.#faults = new RaisedFaults(clock, (raised) => this.#listeners.tell('fault', raised))
    this.#source = source({
      onContact: (closed, at, sure) => this.#read(closed, at, sure),
      onMissed: (why) => this.#missed(why),
    })
  }

  start(): Promise<Result<void, Fault>> {
    this.#health.started()
    this.#source.start()
    return Promise.resolve(ok(undefined))
  }

  dispose(reason: string): Promise<void> {
    this.#source.stop()
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
    const { value, quality } = this.#held.now()
    const passed = quality === 'good'
    const steps = [{ name: 'contact', passed, detail: `${quality}, ${value ?? 'not read'}` }]
    return Promise.resolve({ passed, steps })
  }

  state(): Reading<StopState> {
    return this.#held.now()
  }

  onChange(call: (reading: Reading<StopState>) => void): Unsubscribe {
    return this.#listeners.on('change', call)
  }

  onFault(call: (raised: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  #read(closed: boolean, at: Mono, sure: boolean): void {
    this.#health.answered()
    this.#faults.clear(...this.#faults.all().map(({ fault }) => fault.code))
    const tripped = closed === (this.#active === 'closed')
    const value = tripped ? 'tripped' : 'healthy'
    const raw = closed ? 'closed' : 'open'
    // A doubtful *tripped* is a trip; only a healthy state must be beyond doubt.
    const quality = sure || tripped ? 'good' : 'uncertain'
    this.#tell(this.#held.hold({ value, quality, raw }, at))
  }

  #missed(why: Fault): void {
    this.#health.missed(why.hint)
    if (this.#health.now().state === 'offline') this.#faults.raise(why)
    this.#tell(this.#held.now())
  }

  #tell(reading: Reading<StopState>): void {
    const now = `${reading.value} ${reading.quality}`
    if (now === this.#told) return
    this.#told = now
    this.#listeners.tell('change', reading)
  }
}
