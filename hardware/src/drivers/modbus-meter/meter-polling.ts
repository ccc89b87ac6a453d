import { millis, mono, type Millis } from '@baari/shared/units/time'
import type { Fault } from '@baari/shared/faults/no'
import type {
  DispenserEvents,
  DispenserState,
  DispenserStatus,
  NozzleNo,
} from '../../ports/dispenser.ts'
import type { Quality } from '../../ports/reading.ts'
import { fault } from '../../transports/line-faults.ts'
import type { Listeners } from '../listeners.ts'
import type { RaisedFaults } from '../raised-faults.ts'
import { readBlock, usualRead, type ModbusStation } from './block-reader.ts'
import { liveFrame, type LiveFrame } from './live-frame.ts'
import type { LiveWatch } from './live-watch.ts'
import { readLastSale } from './meter-readings.ts'

export type PollingParts = {
  readonly station: ModbusStation
  readonly nozzle: NozzleNo
  readonly watch: LiveWatch
  readonly faults: RaisedFaults
  readonly listeners: Listeners<DispenserEvents>
  readonly pollMs: Millis
  readonly activePollMs: Millis
}

/** After a configuration fault the block is not asked in a storm (S08, M04). */
const configurationPauseMs = millis(30_000)
const missesToProbe = 3
const busyPauseMs = millis(1_000)
const filling: readonly DispenserState[] = ['authorised', 'started', 'fuelling', 'suspended']

/** Reads the live block over and over and tells what changed, in the order of the port. */
export class MeterPolling {
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
  #knownSale: { readonly sequence: number; readonly bootEpoch: number } | null = null

  constructor(parts: PollingParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#run += 1
    this.#unsubscribe = this.#parts.station.bus.onState((state) => {
      if (state === 'open') this.hurry(millis(0))
    })
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
    this.#cancel = this.#parts.station.clock.after('meter-poll', pause, () => void this.#poll())
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
    const { station, nozzle, watch, faults } = this.#parts
    const active = filling.includes(this.#told?.state ?? 'idle')
    // A dead device costs its line one question, not three (S13).
    const retries = watch.missed >= missesToProbe ? 0 : usualRead.retries
    const read = await readBlock(station, 'live', { ...usualRead, active, retries })
    if (!current()) return this.#parts.pollMs
    if (!read.ok) return this.#missed(read.error)
    faults.clear('bus_timeout', 'bus_offline', 'modbus_busy', 'modbus_configuration')
    const frame = liveFrame(station.map, nozzle, read.value)
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
    const { station, watch, faults, pollMs } = this.#parts
    watch.miss()
    this.#quality = null
    faults.raise(error)
    if (error.code === 'modbus_configuration') return configurationPauseMs
    if (error.code === 'modbus_busy') return busyPauseMs
    const until = station.bus.health(station.address).backOffUntil ?? mono(0)
    return millis(Math.max(pollMs, until - station.clock.mono()))
  }

  #judge(frame: LiveFrame): void {
    const { faults, station } = this.#parts
    const { deviceId } = station
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
    const { listeners, nozzle } = this.#parts
    const before = this.#told
    const { saleGrams, totaliserGrams } = frame.status
    const moved =
      before !== null &&
      (before.saleGrams !== saleGrams || before.totaliserGrams !== totaliserGrams)
    this.#told = frame.status
    if (moved) listeners.tell('flow', { nozzle, saleGrams, totaliserGrams, ...this.#times(frame) })
  }

  /** A sale is told once; when its record cannot be read now, the next round tries again. */
  async #tellSale(frame: LiveFrame, current: () => boolean): Promise<void> {
    const { station, nozzle, listeners } = this.#parts
    const { saleSequence, bootEpoch } = frame.status
    if (saleSequence === null || bootEpoch === null) return
    const known = this.#knownSale
    if (known === null || known.sequence === saleSequence) {
      this.#knownSale = { sequence: saleSequence, bootEpoch }
      return
    }
    const read = await readLastSale(station, nozzle)
    if (!current() || !read.ok || read.value === null) return
    const sale = read.value
    if (sale.sequence === known.sequence) return
    this.#knownSale = { sequence: sale.sequence, bootEpoch: sale.bootEpoch }
    const missedSales = Math.max(0, sale.sequence - known.sequence - 1)
    listeners.tell('sale', { sale, missedSales, ...this.#times(frame) })
  }

  #times(frame: LiveFrame) {
    return { at: this.#parts.station.clock.now(), mono: frame.at }
  }
}
