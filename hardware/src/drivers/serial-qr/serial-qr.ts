import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { LaneNo } from '@baari/shared/units/names'
import { millis, type Mono } from '@baari/shared/units/time'
import type { BytePipe } from '../../ports/byte-pipe.ts'
import type {
  DriverContext,
  Health,
  RaisedFault,
  SelfTestReport,
  Unsubscribe,
} from '../../ports/device.ts'
import type { LampSignal, Scan, Scanner, ScannerCounters } from '../../ports/scanner.ts'
import { fault } from '../../transports/line-faults.ts'
import { Listeners } from '../listeners.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { ScanFramer, type ScannerEvent } from './framing.ts'
import { serialQrManifest, type SerialQrConfig } from './manifest.ts'
import { RepeatFilter } from './repeat-filter.ts'
import { SettingsWatch } from './settings-watch.ts'

export { serialQrManifest }

export type SerialQrParts = DriverContext & { readonly pipe: BytePipe }

type Events = { readonly scan: Scan; readonly fault: RaisedFault }

/** A code reader on a serial or TCP line, as a scanner. */
export function createSerialQr(config: SerialQrConfig, parts: SerialQrParts): Scanner {
  return new SerialQr(config, parts)
}

class SerialQr implements Scanner {
  readonly id: string
  readonly lane: LaneNo
  readonly #config: SerialQrConfig
  readonly #parts: SerialQrParts
  readonly #framer: ScanFramer
  readonly #repeats: RepeatFilter
  readonly #settings: SettingsWatch | null
  readonly #listeners = new Listeners<Events>()
  readonly #faults: RaisedFaults
  readonly #counters = {
    scans: 0,
    repeats: 0,
    noReads: 0,
    controlReplies: 0,
    refusedSymbologies: 0,
    garbage: 0,
    overflowBytes: 0,
  }
  #subscriptions: readonly Unsubscribe[] = []
  #cancelIdle: Unsubscribe = () => undefined
  #startedMono: Mono | null = null

  constructor(config: SerialQrConfig, parts: SerialQrParts) {
    this.id = config.id
    this.lane = config.lane
    this.#config = config
    this.#parts = parts
    this.#framer = new ScanFramer(config)
    this.#repeats = new RepeatFilter(config.dedupeMs)
    this.#faults = new RaisedFaults(parts.clock, (raised) => this.#listeners.tell('fault', raised))
    const { settings } = config
    const { clock, pipe } = parts
    this.#settings =
      settings === undefined
        ? null
        : new SettingsWatch(settings, {
            clock,
            write: (bytes) => pipe.write(bytes),
            tell: (verdict) => this.#settingsAnswered(verdict),
          })
  }

  start(): Promise<Result<void, Fault>> {
    const { pipe, clock } = this.#parts
    if (this.#startedMono === null) {
      this.#startedMono = clock.mono()
      this.#subscriptions = [
        pipe.onBytes((bytes, at) => this.#received(bytes, at)),
        pipe.onState((state) => {
          if (state === 'open') this.#faults.clear('port_unavailable')
          else this.#faults.raise(pipe.fault() ?? fault('port_unavailable', this.id, state))
        }),
      ]
      this.#settings?.start()
    }
    pipe.start()
    return Promise.resolve(ok(undefined))
  }

  async dispose(_reason: string): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#subscriptions = []
    this.#cancelIdle()
    this.#settings?.stop()
    this.#startedMono = null
    await this.#parts.pipe.close()
  }

  health(): Health {
    const { pipe, clock } = this.#parts
    const sinceMono = this.#startedMono ?? clock.mono()
    const open = pipe.state() === 'open'
    const detail = pipe.fault()?.hint ?? 'the line is open'
    if (this.#startedMono === null) return { state: 'stopped', sinceMono, missedPolls: 0, detail }
    return { state: open ? 'online' : 'offline', sinceMono, missedPolls: 0, detail }
  }

  faults(): readonly RaisedFault[] {
    return this.#faults.all()
  }

  selfTest(): Promise<SelfTestReport> {
    const { pipe } = this.#parts
    const open = pipe.state() === 'open'
    const line = { name: 'line', passed: open, detail: pipe.fault()?.hint ?? 'open' }
    const changed = this.faults().some((raised) => raised.fault.code === 'scanner_changed')
    const watched = this.#settings === null ? 'no settings query configured' : 'as commissioned'
    const settings = { name: 'settings', passed: !changed, detail: changed ? 'changed' : watched }
    return Promise.resolve({ passed: open && !changed, steps: [line, settings] })
  }

  onScan(call: (scan: Scan) => void): Unsubscribe {
    return this.#listeners.on('scan', call)
  }

  onFault(call: (raised: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  signal(signal: LampSignal): boolean {
    return this.#parts.pipe.write(this.#config.lampHex[signal])
  }

  counters(): ScannerCounters {
    return { ...this.#counters }
  }

  #received(bytes: Uint8Array, at: Mono): void {
    this.#heard(this.#framer.feed(bytes, at), at)
    this.#watchIdle()
  }

  /** Without a terminator the payload ends when the reader falls silent (Q04). */
  #watchIdle(): void {
    this.#cancelIdle()
    const { clock } = this.#parts
    const { idleAt } = this.#framer
    if (idleAt === null) return
    this.#cancelIdle = clock.after(
      'scanner-idle',
      millis(Math.max(0, idleAt - clock.mono())),
      () => {
        const at = clock.mono()
        this.#heard(this.#framer.tick(at), at)
        this.#watchIdle()
      },
    )
  }

  #heard(events: readonly ScannerEvent[], at: Mono): void {
    for (const event of events) this.#handle(event, at)
  }

  #handle(event: ScannerEvent, at: Mono): void {
    switch (event.kind) {
      case 'payload':
        return this.#payload(event, at)
      case 'no-read':
        this.#counters.noReads += 1
        return
      case 'control-reply':
        this.#counters.controlReplies += 1
        this.#settings?.answered(event.raw)
        return
      case 'refused-symbology':
        this.#counters.refusedSymbologies += 1
        return
      case 'garbage':
        this.#counters.garbage += 1
        return
      case 'overflow':
        this.#counters.overflowBytes += event.bytes
        this.#faults.raise(fault('scanner_overflow', this.id, `${event.bytes} bytes dropped`))
    }
  }

  #payload(event: Extract<ScannerEvent, { kind: 'payload' }>, at: Mono): void {
    this.#faults.clear('scanner_overflow')
    const { text, aim, raw } = event
    if (this.#repeats.isRepeat(text, at)) {
      this.#counters.repeats += 1
      return
    }
    this.#counters.scans += 1
    const rawHex = Buffer.from(raw).toString('hex')
    const { clock } = this.#parts
    const scan = { scanner: this.id, lane: this.lane, text, aim, rawHex, at: clock.now(), mono: at }
    this.#listeners.tell('scan', scan)
  }

  #settingsAnswered(verdict: 'same' | 'changed' | 'silent'): void {
    if (verdict === 'same') {
      this.#faults.clear('scanner_changed')
      return
    }
    const hint = verdict === 'changed' ? 'settings differ from commissioning' : 'no answer in 2 s'
    this.#faults.raise(fault('scanner_changed', this.id, hint))
  }
}
