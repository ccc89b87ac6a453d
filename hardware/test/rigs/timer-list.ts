export type Timer = { readonly dueMs: number; readonly call: () => void }

/** Timers in the order in which they are due; equal ones in the order in which they were set. */
export class TimerList {
  /** Latest first, so that the next one is taken from the end. */
  readonly #timers: Timer[] = []

  /** The returned function cancels and is harmless later. */
  add(timer: Timer): () => void {
    let at = this.#timers.length
    while (at > 0 && (this.#timers[at - 1]?.dueMs ?? 0) <= timer.dueMs) at -= 1
    this.#timers.splice(at, 0, timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  /** When the next one is due; undefined when none is set. */
  get nextDueMs(): number | undefined {
    return this.#timers.at(-1)?.dueMs
  }

  take(): Timer | undefined {
    return this.#timers.pop()
  }
}
