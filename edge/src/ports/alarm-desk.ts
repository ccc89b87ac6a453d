import type { AlarmSource } from '@baari/shared/contracts/sync/stream-ops'

export type AlarmWord = {
  readonly source: AlarmSource
  /** Stable word of the catalogue or of the part, lower case. */
  readonly code: string
  /** What it is about, such as `position 2`; empty for the station. */
  readonly subject: string
}

/**
 * Where every part of the node tells what a person should look at: the log, and the alarm stream.
 * Neither call waits for anything nor throws; a ledger that refuses is told in the log.
 */
export type AlarmDesk = {
  raise(alarm: AlarmWord & { readonly detail: string }): void
  /** The cause is gone; harmless for an alarm that is not open. */
  clear(alarm: AlarmWord): void
}
