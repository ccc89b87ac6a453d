import type { Clock } from '@baari/shared/runtime/clock'
import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Fault } from '@baari/shared/faults/no'
import { millis, mono, type Millis } from '@baari/shared/units/time'
import type { DispenserEvents, DispenserState, DispenserStatus } from '../ports/dispenser.ts'
import type { Quality } from '../ports/reading.ts'
import { fault } from '../transports/line-faults.ts'
import type { DispenserWire } from './dispenser-wire.ts'
import type { Listeners } from './listeners.ts'
import type { LiveFrame } from './live-frame.ts'
import type { LiveWatch } from './live-watch.ts'
import type { RaisedFaults } from './raised-faults.ts'

export type PollingParts = {
  readonly deviceId: string
  readonly wire: DispenserWire
  readonly clock: Clock
  readonly watch: LiveWatch
  readonly faults: RaisedFaults
  readonly listeners: Listeners<DispenserEvents>
  readonly pollMs: Millis
  readonly activePollMs: Millis
}

/** After these a person must act first; the device is not asked in a storm (S08, M04). */
const needsPerson: readonly FaultCode[] = [
  'modbus_configuration',
  'controller_configuration',
  'controller_access',
]
const configurationPauseMs = millis(30_000)
const missesToProbe = 3
const isBusy: readonly FaultCode[] = ['modbus_busy', 'controller_busy']
const busyPauseMs = millis(1_000)
/** Further tries of one look at a device that answers. */
const usualRetries = 2
const filling: readonly DispenserState[] = ['authorised', 'started', 'fuelling', 'suspended']

/** Looks at one nozzle over and over and tells what changed, in the order of the port. */
export class DispenserPolling {
  readonly #parts: PollingParts
  #cancel: () => void = () => undefined
  #unsubscribe: () => void = () => undefined
  /** Counts starts and stops: a read that ends after a stop tells nothing. */
  #run = 0
  #running = false
  #reading = false
  #told: DispenserStatus | null = null
  /** Of the frame before, believed or not; null before the first. */
  #quality: Quality | null = null
  /** Codes of the looks that failed since the last one that came. */
  readonly #missedBy = new Set<FaultCode>()

  constructor(parts: PollingParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#run += 1
    this.#unsubscribe = this.#parts.wire.onLineOpen(() => this.hurry(millis(0)))
    this.hurry(millis(0))
  }

  stop(): void {
    this.#running = false
    this.#run += 1
    this.#cancel()
    this.#unsubscribe()
  }

  /** Brings the next poll forward: after a command, or when the line is open again. */
  hurry(pause: Millis): void {
    if (!this.#running || this.#reading) return
    this.#cancel()
    this.#cancel = this.#parts.clock.after('dispenser-poll', pause, () => void this.#poll())
  }

  async #poll(): Promise<void> {
    const run = this.#run
    this.#reading = true
    const pause = await this.#pollOnce(() => run === this.#run)
    this.#reading = false
    this.hurry(pause)
  }

  /** One round; answers how long to rest after it. */
  async #pollOnce(current: () => boolean): Promise<Millis> {
    const { wire, watch, faults } = this.#parts
    const active = filling.includes(this.#told?.state ?? 'idle')
    // A dead device costs its line one question, not three (S13).
    const retries = watch.missed >= missesToProbe ? 0 : usualRetries
    const look = await wire.look({ active, retries })
    if (!current()) return this.#parts.pollMs
    if (!look.ok) return this.#missed(look.error)
    faults.clear(...this.#missedBy)
    this.#missedBy.clear()
    const frame = look.value
    this.#judge(frame)
    const believed = watch.accept(frame)
    const { quality } = watch.reading()
    const trustChanged = quality !== this.#quality
    this.#quality = quality
    if (believed) {
      this.#tellState(frame, trustChanged)
      this.#tellFlow(frame)
      await this.#tellSale(frame, current)
    }
    return filling.includes(frame.status.state) ? this.#parts.activePollMs : this.#parts.pollMs
  }

  #missed(error: Fault): Millis {
    const { wire, watch, faults, pollMs, clock } = this.#parts
    watch.miss()
    this.#quality = null
    faults.raise(error)
    this.#missedBy.add(error.code)
    if (needsPerson.includes(error.code)) return configurationPauseMs
    if (isBusy.includes(error.code)) return busyPauseMs
    const until = wire.backOffUntil() ?? mono(0)
    return millis(Math.max(pollMs, until - clock.mono()))
  }

  #judge(frame: LiveFrame): void {
    const { faults, deviceId } = this.#parts
    const bad = frame.problem === 'unreadable-number' || frame.problem === 'implausible-check'
    if (bad) faults.raise(fault('bad_reading', deviceId, `${frame.problem}: ${frame.rawHex}`))
    else faults.clear('bad_reading')
    if (frame.problem === 'unknown-state') {
      faults.raise(fault('dispenser_unknown_state', deviceId, frame.rawHex))
    } else faults.clear('dispenser_unknown_state')
  }

  #tellState(frame: LiveFrame, trustChanged: boolean): void {
    const { listeners } = this.#parts
    const before = this.#told
    const { status } = frame
    const same = before?.state === status.state && before.nozzleOut === status.nozzleOut
    if (same && !trustChanged) return
    listeners.tell('state', {
      status,
      from: before?.state ?? null,
      ...this.#times(frame),
      raw: frame.rawHex,
    })
  }

  #tellFlow(frame: LiveFrame): void {
    const { listeners, wire } = this.#parts
    const before = this.#told
    const { saleGrams, totaliserGrams } = frame.status
    const moved =
      before !== null &&
      (before.saleGrams !== saleGrams || before.totaliserGrams !== totaliserGrams)
    this.#told = frame.status
    if (!moved) return
    const { nozzle } = wire
    listeners.tell('flow', { nozzle, saleGrams, totaliserGrams, ...this.#times(frame) })
  }

  async #tellSale(frame: LiveFrame, current: () => boolean): Promise<void> {
    const { wire, listeners } = this.#parts
    const found = await wire.newSale(frame)
    if (found !== null && current()) listeners.tell('sale', { ...found, ...this.#times(frame) })
  }

  #times(frame: LiveFrame) {
    return { at: this.#parts.clock.now(), mono: frame.at }
  }
}
