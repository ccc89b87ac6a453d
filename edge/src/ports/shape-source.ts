import type { StationShape } from '@baari/shared/contracts/sync/shapes'
import type { FollowChange, ShapeCursor } from './sync.ts'

/** What one answer of a shape's stream brought, parsed at the door. */
export type ShapeBatch = {
  readonly changes: readonly FollowChange[]
  /** The server forgot this handle: everything comes anew from here on. */
  readonly mustRefetch: boolean
  /** The answer ended at the newest row there is. */
  readonly upToDate: boolean
  readonly handle: string
  readonly offset: string
}

export type OpenShape = {
  readonly name: StationShape
  /** Where to go on; undefined fetches everything. */
  readonly cursor: ShapeCursor | undefined
  readonly signal: AbortSignal
  /** Never rejects. The next answer is asked for when it resolves. */
  readonly onBatch: (batch: ShapeBatch) => Promise<void>
  /** An answer that no retry can better; the source goes on trying all the same. */
  readonly onRefused: (error: Error) => void
  /** The stream ended by itself and brings no more. */
  readonly onEnded: (error: unknown) => void
}

/**
 * Streams of the cloud's tables (sync.md 6.9). Promises: answers come in order, one at a time; what
 * was delivered twice is equal; a failing line is retried for ever with waits of its own, a refused
 * session is renewed. Ends only by its signal, or with a word to `onEnded`.
 */
export type ShapeSource = { open(input: OpenShape): void }
