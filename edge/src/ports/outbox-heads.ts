import type { Stream } from '@baari/shared/contracts/sync/session'
import type { Instant } from '@baari/shared/units/time'

export type OutboxHead = {
  readonly epoch: string
  readonly stream: Stream
  /** Sequence the next op gets; the newest op is one less. */
  readonly nextSeq: number
  readonly ackedSeq: number
  /** Hash of the newest op, lower-case hex. */
  readonly chain: string
}

/** Read side of the outbox, for status and sync. */
export type OutboxHeads = {
  epoch(): string
  heads(): readonly OutboxHead[]
  /** Whether the cloud lacks any op: asked after every commit. */
  anyUnsent(): boolean
  unsent(): { readonly ops: number; readonly oldest: Instant | null }
}
