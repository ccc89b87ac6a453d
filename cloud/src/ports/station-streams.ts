import type { Stream } from '@baari/shared/contracts/sync/session'
import type { Head, StoredHashes } from '../domain/sync/check-batch.ts'
import type { Known } from '../domain/sync/known.ts'
import type { OpOutcome } from '../domain/sync/op-effects.ts'

export type StreamKey = {
  readonly stationNo: number
  readonly epoch: string
  readonly stream: Stream
}

/** A new op as it is stored: its exact bytes, its place in the chain, and what was decided. */
export type StoredOp = {
  readonly seq: number
  readonly kind: string
  readonly entityRef: number | null
  readonly raw: Uint8Array
  readonly hash: string
  readonly eventAtMs: number | null
  readonly outcome: OpOutcome
}

export type BatchWrite = {
  readonly ops: readonly StoredOp[]
  readonly known: Known
  /** Bookings whose facts changed. */
  readonly touched: ReadonlySet<string>
  readonly recvAtMs: number
  /** Station wall clock minus ours at the moment of sending; null when nothing was sent. */
  readonly clockOffsetMs: number | null
}

/** An op whose bytes were kept because nobody could read or hold it. */
export type DeferredOp = {
  readonly seq: number
  readonly raw: Uint8Array
  readonly code: string
  /** Corrected time, if the line had one. */
  readonly eventAtMs: number | null
}

export type RewrittenOp = Omit<StoredOp, 'raw' | 'hash'>

/** Deferred ops with the verdicts a newer reader gives them. */
export type Rewrite = {
  readonly ops: readonly RewrittenOp[]
  readonly known: Known
  readonly touched: ReadonlySet<string>
  readonly recvAtMs: number
  readonly reader: string
}

/** Ids the ops of one batch name. */
export type NamedRows = {
  readonly refs: readonly number[]
  readonly bookings: readonly string[]
  /** Plates of sales at the kiosk. */
  readonly plates: readonly string[]
  readonly fills: readonly string[]
  readonly shifts: readonly string[]
}

export type OldVerdict = { readonly seq: number; readonly verdict: string; readonly code: string }

export type SeqRange = { readonly from: number; readonly to: number }

/** One stream inside a transaction that holds its head: the sequencer of that stream. */
export type StreamTx = {
  readonly currentEpoch: string | null
  readonly generation: number
  readonly head: Head
  /** Chain values at these two seqs, or at all between them too; seq 0 is the chain's start. */
  hashes(range: SeqRange & { readonly endsOnly: boolean }): Promise<StoredHashes>
  /** Verdicts other than applied, both ends included: an answer that was lost. */
  verdicts(range: SeqRange): Promise<readonly OldVerdict[]>
  entities(refs: readonly number[]): Promise<Known['entities']>
  load(names: NamedRows, entities: Known['entities']): Promise<Known>
  write(batch: BatchWrite): Promise<void>
  /** Deferred ops this reader has not tried, in order. */
  deferred(ask: { readonly reader: string; readonly limit: number }): Promise<readonly DeferredOp[]>
  rewrite(ops: Rewrite): Promise<void>
}

/** A value the database cannot hold. The batch was rolled back; another try changes nothing. */
export class DataRefused extends Error {
  override readonly name = 'DataRefused'
  readonly sqlState: string

  constructor(sqlState: string, message: string) {
    super(message)
    this.sqlState = sqlState
  }
}

/**
 * Streams of all stations. Batches of one stream run one at a time; what `work` writes is durable
 * when `transact` resolves, or nothing is. Rejects with {@link DataRefused} for a value the
 * database cannot hold; any other rejection is a fault of the database and may be tried again.
 */
export type StationStreams = {
  transact<T>(key: StreamKey, work: (tx: StreamTx) => Promise<T>): Promise<T>
  /** Streams with deferred ops this reader has not tried, a station's oldest epoch first. */
  deferred(reader: string, limit: number): Promise<readonly StreamKey[]>
  /** The epoch in force and the head of this stream in `key.epoch`, if it has one. */
  head(
    key: StreamKey,
  ): Promise<{ readonly currentEpoch: string | null; readonly head: Head | undefined }>
  /**
   * Raw lines of the station's own ops, ascending; undefined when the epoch is unknown. Bytes that
   * were erased are given as the `erased` line of the contract.
   */
  rawOps(key: StreamKey, range: SeqRange): Promise<readonly Uint8Array[] | undefined>
}
