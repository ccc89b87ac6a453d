import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Millis } from '@baari/shared/units/time'
import type { BytePipe } from '../../ports/byte-pipe.ts'
import type {
  DriverContext,
  Health,
  RaisedFault,
  SelfTestReport,
  Unsubscribe,
} from '../../ports/device.ts'
import type { PrintAck, Printer, PrintPage } from '../../ports/printer.ts'
import { askOffline, askPaper, askPrinted } from '../../protocols/escpos/commands.ts'
import {
  isPrintedStatus,
  isRealTimeStatus,
  offlineReason,
  paperReason,
  printedReason,
} from '../../protocols/escpos/status.ts'
import { fault } from '../../transports/line-faults.ts'
import { Listeners } from '../listeners.ts'
import { PolledHealth } from '../polled-health.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { escPosManifest, type EscPosConfig } from './manifest.ts'

export { escPosManifest }

export type EscPosParts = DriverContext & {
  readonly pipe: BytePipe
  /** Bytes of a page. Elsewhere than on the control thread, because drawn text takes its time. */
  readonly encode: (page: PrintPage) => Promise<Uint8Array>
}

/** Further pages are refused: whoever stands there gets no paper in this minute anyway. */
const mostWaiting = 8

type Question = {
  readonly bytes: Uint8Array
  readonly fits: (byte: number) => boolean
  readonly reason: (byte: number) => string | null
  readonly withinMs: Millis
}
type Asked = {
  readonly fits: (byte: number) => boolean
  readonly done: (byte: number | null) => void
}
/** `sent`: it may be on paper, whole or in part. */
type NotPrinted = { readonly why: string; readonly sent: boolean }
type Events = { readonly fault: RaisedFault }

/** An ESC/POS printer on a serial or TCP line. */
export function createEscPosPrinter(config: EscPosConfig, parts: EscPosParts): Printer {
  return new EscPosPrinter(config, parts)
}

class EscPosPrinter implements Printer {
  readonly id: string
  readonly #config: EscPosConfig
  readonly #parts: EscPosParts
  readonly #health: PolledHealth
  readonly #faults: RaisedFaults
  readonly #listeners = new Listeners<Events>()
  #off: readonly Unsubscribe[] = []
  #asked: Asked | null = null
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(config: EscPosConfig, parts: EscPosParts) {
    this.id = config.id
    this.#config = config
    this.#parts = parts
    this.#health = new PolledHealth(parts.clock)
    this.#faults = new RaisedFaults(parts.clock, (raised) => this.#listeners.tell('fault', raised))
  }

  start(): Promise<Result<void, Fault>> {
    const { pipe } = this.#parts
    if (this.#off.length === 0) {
      this.#health.started()
      this.#off = [
        pipe.onBytes((bytes) => this.#heard(bytes)),
        pipe.onState((state) => {
          if (state === 'open') this.#health.answered()
          else this.#lost(pipe.fault()?.hint ?? state)
        }),
      ]
      pipe.start()
      if (pipe.state() === 'open') this.#health.answered()
    }
    return Promise.resolve(ok(undefined))
  }

  async dispose(reason: string): Promise<void> {
    for (const off of this.#off) off()
    this.#off = []
    this.#asked?.done(null)
    this.#health.stopped(reason)
    await this.#parts.pipe.close()
  }

  health(): Health {
    return this.#health.now()
  }

  faults(): readonly RaisedFault[] {
    return this.#faults.all()
  }

  async selfTest(): Promise<SelfTestReport> {
    const why = await this.#inTurn(() => this.#unready())
    return {
      passed: why === null,
      steps: [{ name: 'status', passed: why === null, detail: why ?? 'ready' }],
    }
  }

  async print(page: PrintPage): Promise<Result<PrintAck, Fault>> {
    if (this.#waiting >= mostWaiting) return err(this.#unreadyFault('eight pages wait already'))
    this.#waiting += 1
    const no = await this.#inTurn(() => this.#printNow(page))
    this.#waiting -= 1
    if (no !== null) return err({ ...this.#unreadyFault(no.why), retrySafe: !no.sent })
    this.#faults.clear('printer_unready')
    return ok({ printedMono: this.#parts.clock.mono() })
  }

  onFault(call: (raised: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  /** Why the page is not on paper; null when the printer confirmed it. */
  async #printNow(page: PrintPage): Promise<NotPrinted | null> {
    const { pipe, encode } = this.#parts
    const unready = await this.#unready()
    if (unready !== null) return { why: unready, sent: false }
    const bytes = await encode(page).catch(() => null)
    if (bytes === null) return { why: 'the page could not be drawn', sent: false }
    if (!pipe.write(bytes)) return { why: 'the line does not take the page', sent: false }
    const why = await this.#ask({
      bytes: askPrinted,
      fits: isPrintedStatus,
      reason: printedReason,
      withinMs: this.#config.printMs,
    })
    return why === null ? null : { why, sent: true }
  }

  async #unready(): Promise<string | null> {
    const withinMs = this.#config.statusMs
    const realTime = { fits: isRealTimeStatus, withinMs }
    const offline = await this.#ask({ ...realTime, bytes: askOffline, reason: offlineReason })
    if (offline !== null) return offline
    return this.#ask({ ...realTime, bytes: askPaper, reason: paperReason })
  }

  async #ask({ bytes, fits, reason, withinMs }: Question): Promise<string | null> {
    const { clock, pipe } = this.#parts
    const answer = await new Promise<number | null>((resolve) => {
      if (!pipe.write(bytes)) return resolve(null)
      const cancel = clock.after('printer-answer', withinMs, () => this.#asked?.done(null))
      const done = (byte: number | null): void => {
        cancel()
        this.#asked = null
        resolve(byte)
      }
      this.#asked = { fits, done }
    })
    if (answer === null) return 'no answer'
    this.#health.answered()
    return reason(answer)
  }

  #heard(bytes: Uint8Array): void {
    for (const byte of bytes) if (this.#asked?.fits(byte) === true) this.#asked.done(byte)
  }

  /** One page after another: status bytes carry no name. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn
    return turn
  }

  #lost(why: string): void {
    this.#asked?.done(null)
    for (let miss = 0; miss < 3; miss += 1) this.#health.missed(why)
    this.#unreadyFault(why)
  }

  #unreadyFault(why: string): Fault {
    const raised = fault('printer_unready', this.id, why)
    this.#faults.raise(raised)
    return raised
  }
}
