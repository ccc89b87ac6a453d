import type { Stream } from '@baari/shared/contracts/sync/session'

/** A run of outbox lines, exactly as they were stored and hashed. */
export type OutboxRun = {
  readonly epoch: string
  readonly stream: Stream
  readonly first: number
  readonly last: number
  /** Chain value before the first line, lower-case hex. */
  readonly prevChain: string
  /** Lines with their LF. */
  readonly lines: Uint8Array
  /** The bound ended it and not the stream: more may wait behind it. */
  readonly full?: boolean
}

export type RunBound = { readonly ops: number; readonly bytes: number }

export type EpochStream = { readonly epoch: string; readonly stream: Stream }
