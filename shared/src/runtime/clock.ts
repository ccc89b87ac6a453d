import type { Instant, Millis, Mono } from '../units/time.ts'

/**
 * Time as an argument. `now` is the wall clock, which people and daylight may step; `mono` never
 * goes back within a boot. Timers are named so that a simulation can show what it waits for.
 */
export type Clock = {
  now(): Instant
  mono(): Mono
  /** Calls back once after `delay`. The returned function cancels and is harmless later. */
  after(name: string, delay: Millis, call: () => void): () => void
}

export type Pause = { readonly name: string; readonly delay: Millis; readonly signal?: AbortSignal }

/** Waits on the clock; an aborted wait returns early instead of throwing. */
export function pause(clock: Clock, { name, delay, signal }: Pause): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve()
      return
    }
    const done = (): void => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(name, delay, done)
    signal?.addEventListener('abort', done)
  })
}
