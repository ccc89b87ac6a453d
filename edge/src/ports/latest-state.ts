import type { StateValue } from '@baari/shared/contracts/sync/stream-ops'
import type { Instant, Mono } from '@baari/shared/units/time'

export type KeyedState = {
  readonly key: string
  readonly value: StateValue
  readonly at: Instant
  readonly mono: Mono
}

/** The latest value of each key, and whether the cloud was told of it. */
export type LatestState = {
  has(key: string): boolean
  count(): number
  save(state: KeyedState): void
  anyPending(): boolean
  /** Values not told yet, oldest first. */
  pending(limit: number): readonly KeyedState[]
  told(keys: readonly string[]): void
}
