import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis, Mono } from '@baari/shared/units/time'
import type { Quality, Reading } from '../ports/reading.ts'

/** What one look at the device gave; the value is null when it cannot be used. */
export type Look<T> = {
  readonly value: T | null
  readonly quality: Exclude<Quality, 'stale'>
  readonly raw: string
}

/** The newest value of one input, with its age judged at the moment somebody asks. */
export class HeldReading<T> {
  readonly #clock: Clock
  readonly #source: string
  readonly #staleMs: Millis
  #reading: Reading<T>

  constructor(
    source: string,
    { clock, staleMs }: { readonly clock: Clock; readonly staleMs: Millis },
  ) {
    this.#clock = clock
    this.#source = source
    this.#staleMs = staleMs
    const mono = clock.mono()
    this.#reading = { value: null, quality: 'stale', at: clock.now(), mono, source }
  }

  /** A look at the device at this moment. */
  hold({ value, quality, raw }: Look<T>, at: Mono): Reading<T> {
    const now = this.#clock.now()
    const good = quality === 'good' && value !== null
    const lastGood = good ? { value, at: now, mono: at } : this.#reading.lastGood
    this.#reading = {
      value,
      quality,
      at: now,
      mono: at,
      source: this.#source,
      raw,
      ...(lastGood === undefined ? {} : { lastGood }),
    }
    return this.#reading
  }

  now(): Reading<T> {
    const held = this.#reading
    const old = this.#clock.mono() - held.mono > this.#staleMs
    return old ? { ...held, value: null, quality: 'stale' } : held
  }
}
