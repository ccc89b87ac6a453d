import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Millis } from '@baari/shared/units/time'

export type SettingsQuery = {
  readonly queryHex: Uint8Array
  readonly answerHex: Uint8Array
  readonly everyMs: Millis
}

const answerWithinMs = millis(2_000)

/**
 * Configuration barcodes are an attack: anyone can show the reader one. Its settings are asked
 * every 30 s, and another answer, or none, is told (Q08).
 */
export class SettingsWatch {
  readonly #clock: Clock
  readonly #query: SettingsQuery
  readonly #write: (bytes: Uint8Array) => boolean
  readonly #tell: (verdict: 'same' | 'changed' | 'silent') => void
  #cancel: () => void = () => undefined
  #cancelAnswer: () => void = () => undefined
  #waiting = false

  constructor(
    query: SettingsQuery,
    parts: {
      readonly clock: Clock
      readonly write: (bytes: Uint8Array) => boolean
      readonly tell: (verdict: 'same' | 'changed' | 'silent') => void
    },
  ) {
    this.#query = query
    this.#clock = parts.clock
    this.#write = parts.write
    this.#tell = parts.tell
  }

  start(): void {
    this.#cancel = this.#clock.after('scanner-settings', this.#query.everyMs, () => {
      this.#ask()
      this.start()
    })
  }

  stop(): void {
    this.#cancel()
    this.#cancelAnswer()
    this.#waiting = false
  }

  answered(raw: Uint8Array): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#cancelAnswer()
    const { answerHex } = this.#query
    const same = raw.length === answerHex.length && raw.every((byte, at) => byte === answerHex[at])
    this.#tell(same ? 'same' : 'changed')
  }

  #ask(): void {
    // A line that is down has its own fault.
    if (!this.#write(this.#query.queryHex)) return
    this.#waiting = true
    this.#cancelAnswer = this.#clock.after('scanner-answer', answerWithinMs, () => {
      this.#waiting = false
      this.#tell('silent')
    })
  }
}
