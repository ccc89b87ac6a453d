import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import { millis, type Millis } from '@baari/shared/units/time'
import type { BytePipe, PipeCounters, PipeState } from '../ports/byte-pipe.ts'
import type { Unsubscribe } from '../ports/device.ts'
import { fault } from './line-faults.ts'

/** An open line of the operating system. */
export type OpenLine = {
  write(bytes: Uint8Array): void
  /** Bytes handed over and not yet taken by the system. */
  unsentBytes(): number
  /** Whether the thing that was opened is still there under its name; at most 1 s. */
  present(): Promise<boolean>
  /** Bounded to 1 s, even when the adapter is gone. */
  close(): Promise<void>
}

export type LineEvents = {
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onGone: (reason: string) => void
}

/** Opens once; at most 2 s. A failure is typed and says what the technician can do (S11). */
export type LineOpener = (events: LineEvents) => Promise<Result<OpenLine, Fault>>

export type ReconnectingPipeOptions = {
  readonly name: string
  readonly clock: Clock
  readonly open: LineOpener
  /**
   * Bytes were written and none came back for so long: the line is opened anew, because a vanished
   * adapter may say nothing (S09). Null for lines that only listen.
   */
  readonly silentReplyMs?: Millis | null
  /** How often the name of the line is looked up, for lines that may be silent for hours. */
  readonly presenceMs?: Millis
}

const firstPauseMs = 500
const longestPauseMs = 1_500
const mostUnsentBytes = 64 * 1024
/** So that a line that went away without a word is known to be gone within 2 s, its last poll included. */
export const usualSilentReplyMs = millis(1_800)

export function createReconnectingPipe(options: ReconnectingPipeOptions): BytePipe {
  return new ReconnectingPipe(options)
}

class ReconnectingPipe implements BytePipe {
  readonly name: string
  readonly #options: ReconnectingPipeOptions
  readonly #bytesCalls = new Set<Parameters<BytePipe['onBytes']>[0]>()
  readonly #stateCalls = new Set<(state: PipeState) => void>()
  readonly #counters = {
    bytesIn: 0,
    bytesOut: 0,
    opens: 0,
    openFailures: 0,
    losses: 0,
    watchdogTrips: 0,
    refusedWrites: 0,
  }
  #state: PipeState = 'opening'
  #started = false
  #line: OpenLine | null = null
  #fault: Fault | null
  #pauseMs = firstPauseMs
  /** Counts openings, so that what an earlier line still says is not heard. */
  #generation = 0
  #cancelWatchdog: Unsubscribe | null = null
  #cancelPresence: Unsubscribe = () => undefined
  #cancelRetry: Unsubscribe = () => undefined

  constructor(options: ReconnectingPipeOptions) {
    this.name = options.name
    this.#options = options
    this.#fault = fault('port_unavailable', options.name, 'not opened yet')
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    void this.#tryOpen()
  }

  state(): PipeState {
    return this.#state
  }

  fault(): Fault | null {
    return this.#fault
  }

  write(bytes: Uint8Array): boolean {
    const line = this.#line
    if (line === null || line.unsentBytes() + bytes.length > mostUnsentBytes) {
      this.#counters.refusedWrites += 1
      return false
    }
    this.#counters.bytesOut += bytes.length
    line.write(bytes)
    this.#watchSilence()
    return true
  }

  onBytes(call: Parameters<BytePipe['onBytes']>[0]): Unsubscribe {
    this.#bytesCalls.add(call)
    return () => void this.#bytesCalls.delete(call)
  }

  onState(call: (state: PipeState) => void): Unsubscribe {
    this.#stateCalls.add(call)
    return () => void this.#stateCalls.delete(call)
  }

  reopen(reason: string): void {
    if (this.#state !== 'open') return
    this.#counters.watchdogTrips += 1
    this.#lose(reason)
  }

  counters(): PipeCounters {
    return { ...this.#counters }
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#started = true
    const line = this.#detach()
    this.#fault = fault('bus_closed', this.name, 'the line was closed')
    this.#cancelRetry()
    this.#become('closed')
    await line?.close()
  }

  async #tryOpen(): Promise<void> {
    this.#generation += 1
    const generation = this.#generation
    const current = (): boolean => generation === this.#generation && this.#state !== 'closed'
    const opened = await this.#options.open({
      onBytes: (bytes) => {
        if (current()) this.#deliver(bytes)
      },
      onGone: (reason) => {
        if (current() && this.#line !== null) {
          this.#counters.losses += 1
          this.#lose(reason)
        }
      },
    })
    if (!current()) {
      if (opened.ok) await opened.value.close()
      return
    }
    if (!opened.ok) {
      this.#counters.openFailures += 1
      this.#fault = opened.error
      this.#retryLater()
      return
    }
    this.#line = opened.value
    this.#fault = null
    this.#pauseMs = firstPauseMs
    this.#counters.opens += 1
    this.#watchPresence(opened.value)
    this.#become('open')
  }

  #deliver(bytes: Uint8Array): void {
    this.#counters.bytesIn += bytes.length
    this.#cancelWatchdog?.()
    this.#cancelWatchdog = null
    const at = this.#options.clock.mono()
    for (const call of this.#bytesCalls) call(bytes, at)
  }

  #watchSilence(): void {
    const { clock, silentReplyMs } = this.#options
    if (silentReplyMs === null || this.#cancelWatchdog !== null) return
    this.#cancelWatchdog = clock.after('pipe-silence', silentReplyMs ?? usualSilentReplyMs, () => {
      this.#cancelWatchdog = null
      this.reopen('bytes went out and none came back')
    })
  }

  #watchPresence(line: OpenLine): void {
    const { clock, presenceMs } = this.#options
    if (presenceMs === undefined) return
    this.#cancelPresence = clock.after('pipe-presence', presenceMs, () => {
      void line.present().then((present) => {
        if (this.#line !== line) return
        if (present) this.#watchPresence(line)
        else this.reopen('the device file is gone or another')
      })
    })
  }

  #lose(reason: string): void {
    const line = this.#detach()
    this.#fault = fault('port_unavailable', this.name, reason)
    this.#become('opening')
    void line?.close()
    this.#retryLater()
  }

  #detach(): OpenLine | null {
    const line = this.#line
    this.#line = null
    this.#generation += 1
    this.#cancelWatchdog?.()
    this.#cancelWatchdog = null
    this.#cancelPresence()
    return line
  }

  #retryLater(): void {
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    this.#cancelRetry = this.#options.clock.after('pipe-reopen', millis(pauseMs), () => {
      void this.#tryOpen()
    })
  }

  #become(state: PipeState): void {
    this.#state = state
    for (const call of this.#stateCalls) call(state)
  }
}
