import type { StationShape } from '@baari/shared/contracts/sync/shapes'
import type { Stream, StreamHead } from '@baari/shared/contracts/sync/session'
import type { Instant } from '@baari/shared/units/time'
import type { EpochStream, OutboxRun, RunBound } from './outbox-runs.ts'
import type { RollbackStore } from './rollback.ts'

export type { EpochStream, OutboxRun, RunBound } from './outbox-runs.ts'

export type OpResult = {
  readonly seq: number
  readonly verdict: string
  readonly code: string
  readonly rev: number | null
}

/** Send side of the outbox. Chain values are lower-case hex. */
export type UplinkStore = {
  /** The next unacked ops of a stream, at most `ops` of them and `bytes` of lines. */
  nextRun(stream: Stream, bound: RunBound): OutboxRun | undefined
  /** Chain value after an op; seq 0 is the chain's start. Undefined when it is not held. */
  chainAt(stream: Stream, seq: number): string | undefined
  /** Moves the mark of what the cloud has; forwards and, after its restore, backwards. */
  setAcked(stream: Stream, seq: number): void
  saveResults(stream: Stream, results: readonly OpResult[]): void
  /**
   * Erases the bytes of acknowledged `scan.failed` ops written before this moment: they carry what
   * somebody held before the scanner. Their hashes stay, so the chain does. Answers how many.
   */
  eraseScanTexts(before: Instant, limit: number): number
  /** Drops acknowledged ops of every epoch older than this moment; answers how many. */
  prune(before: Instant, limit: number): number
}

export type EpochRecord = {
  readonly epoch: string
  readonly prevEpoch: string | null
  readonly prevHeads: readonly StreamHead[]
  readonly generation: number
  readonly fenced: boolean
  /** Up to where the cloud has each stream of the epoch. */
  readonly acked: readonly Pick<StreamHead, 'stream' | 'seq'>[]
}

/** Which history this file writes, and what it was told about its right to. */
export type EpochStore = {
  current(): EpochRecord
  setGeneration(generation: number): void
  setFenced(fenced: boolean): void
  /** From here on ops are written in a new random epoch that follows `prevHeads`. */
  open(
    epoch: string,
    previous: { readonly prevEpoch: string; readonly prevHeads: readonly StreamHead[] },
  ): void
  /** The newest op held of a stream of any epoch; seq 0 and the chain's start when there is none. */
  tail(place: EpochStream): { readonly seq: number; readonly chain: string }
}

export type TimeRecord = {
  readonly floor: Instant
  readonly lastServerTime: Instant | null
  readonly clockOffsetMs: number | null
}

export type TimeStore = {
  read(): TimeRecord
  saveFloor(floor: Instant): void
  saveExchange(exchange: { readonly serverTime: Instant; readonly clockOffsetMs: number }): void
}

/** Where a shape's stream stands; saved in the same transaction as its rows. */
export type ShapeCursor = {
  readonly name: StationShape
  readonly handle: string
  readonly offset: string
  readonly schemaHash: string
  readonly lastUpToDate: Instant | null
  /** Rows go to the staging table until the first up-to-date, which swaps it in. */
  readonly staging: boolean
}

/** A row as SQLite holds it, by column name; the first column is the key. */
export type FollowedRow = { readonly [column: string]: string | number | null }

/** One change of a followed table, already parsed at the door. */
export type FollowChange =
  | { readonly kind: 'upsert'; readonly row: FollowedRow }
  | { readonly kind: 'delete'; readonly key: string }
  /** A row that does not fit the contract: kept aside, and the row we had stays. */
  | {
      readonly kind: 'unreadable'
      readonly key: string | null
      readonly payload: string
      readonly reason: string
    }

export type FollowStore = {
  cursor(name: StationShape): ShapeCursor | undefined
  cursors(): readonly ShapeCursor[]
  saveCursor(cursor: ShapeCursor): void
  /** Empties the staging table; lookups go on in the table itself. */
  beginStaging(name: StationShape): void
  /** In their order: of two rows with one key the later one stays. */
  upsert(target: FollowTarget, rows: readonly FollowedRow[]): void
  remove(target: FollowTarget, key: string): void
  /** Takes over the table's own row into staging, where the row that came cannot be read. */
  keepStaged(name: StationShape, key: string): void
  /** Replaces the table's rows by the staging table's, in the running transaction. */
  swap(name: StationShape): void
  /** Rows of the table, for status and tests. */
  count(name: StationShape): number
  /**
   * Bookings whose cancel this station has heard of and not yet acknowledged, and nobody of which
   * has come. They count as acknowledged from here on.
   */
  takeCancels(limit: number): readonly { readonly booking: string; readonly rev: number }[]
  quarantine(row: {
    readonly source: string
    readonly payload: string
    readonly reason: string
    readonly at: Instant
  }): void
}

export type FollowTarget = { readonly name: StationShape; readonly staging: boolean }

/** What sync's commands see in their transaction beside the repositories of the station. */
export type SyncStores = {
  readonly uplink: UplinkStore
  readonly epochs: EpochStore
  readonly time: TimeStore
  readonly follow: FollowStore
  readonly rollback: RollbackStore
}
