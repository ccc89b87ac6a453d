import type { Millis, Mono } from '@baari/shared/units/time'

/** Payloads remembered per lane; a phone shows one, a prankster some. */
const mostRemembered = 16

/**
 * One event per showing of a code (Q01): a payload is a repeat while it was seen within the
 * interval, so a code held before the window for a minute is still one scan.
 */
export class RepeatFilter {
  readonly #intervalMs: Millis
  readonly #seen = new Map<string, Mono>()

  constructor(intervalMs: Millis) {
    this.#intervalMs = intervalMs
  }

  /** True when this payload was just seen; either way it counts as seen now. */
  isRepeat(text: string, at: Mono): boolean {
    const last = this.#seen.get(text)
    this.#seen.delete(text)
    this.#seen.set(text, at)
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > mostRemembered && oldest !== undefined) this.#seen.delete(oldest)
    return last !== undefined && at - last < this.#intervalMs
  }
}
