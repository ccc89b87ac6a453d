import type { Instant, Mono } from '@baari/shared/units/time'

/**
 * How far a value can be trusted. `stale` and `bad` count as unsafe everywhere (hardware.md
 * section 10.2); `uncertain` blocks authorising but may be shown.
 */
export type Quality = 'good' | 'uncertain' | 'bad' | 'stale'

/** A value of a device with its trust and its two times. */
export type Reading<T> = {
  /** Null when the quality is `bad` or `stale`: an old value must not be mistaken for a fresh one. */
  readonly value: T | null
  readonly quality: Quality
  /** Wall time of the frame the value came from; for people and records. */
  readonly at: Instant
  /** Monotonic time of the same frame; for every comparison of age. */
  readonly mono: Mono
  /** The latest value of quality `good`, kept for people after the fresh one was lost. */
  readonly lastGood?: { readonly value: T; readonly at: Instant; readonly mono: Mono }
  /** Device id, as in the station file. */
  readonly source: string
  /** The bytes or text as the device sent them, for the technician. */
  readonly raw?: string
}
